#include "terminal/plain_listen.hpp"

#include "base/log.hpp"
#include "console/words.hpp"
#include "net/acceptor.hpp"
#include "terminal/advice.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/plain_chat.hpp"

#include <algorithm>

namespace duet {

namespace {

/// A caller on a Unix socket has no name.
std::string with_peer(std::string const& words, std::string const& peer)
{
    return peer == "unix:" ? words : words + ' ' + peer;
}

class PlainListen final : AcceptorHandler {
public:
    PlainListen(PlainChat& chat, std::vector<Listener> listeners, bool keeps_listening)
        : chat_(chat)
        , acceptor_(chat.loop(), std::move(listeners), *this)
        , keeps_listening_(keeps_listening)
    {
    }

    int run()
    {
        while (not is_done_ and not chat_.must_stop()) {
            chat_.turn();
            if (chat_.talk_is_over())
                end_talk();
        }
        return chat_.stop(tr("Connection closed"), code_);
    }

private:
    void accepted(Socket socket) override
    {
        if (chat_.is_talking()) {
            if (log_takes(LogLevel::info))
                log_info("told " + socket.peer() + " that we are busy");
            return chat_.departures().show_out(std::move(socket), "busy\n");
        }
        chat_.console().tell(with_peer(tr("Client connected"), socket.peer()));
        chat_.begin_talk(Side::listening, keeps_listening_, std::move(socket));
    }

    void end_talk()
    {
        TalkEnd const end = chat_.end_talk();
        if (end == TalkEnd::no_talk) {
            chat_.console().tell(tr("The caller left without a word; still waiting"));
            return;
        }
        code_ = exit_code_of(end);
        is_done_ = not keeps_listening_;
        if (keeps_listening_)
            chat_.console().tell(tr("Connection closed") + ' ' + tr("(waiting for the next)"));
    }

    PlainChat& chat_;
    Acceptor acceptor_;
    bool const keeps_listening_;
    bool is_done_ = false;
    int code_ = exit_code::ok;
};

std::string addresses_of(std::vector<Listener> const& listeners)
{
    std::string all;
    for (Listener const& listener : listeners)
        all += (all.empty() ? "" : ", ") + listener.address().text();
    return all;
}

/// Not known where the endpoint cannot be resolved: then listening fails, too, and says why.
bool may_reach_others(Endpoint const& endpoint)
{
    auto const addresses = resolve(endpoint, Purpose::listen);
    return addresses.has_value() and not std::ranges::all_of(*addresses, &Address::is_loopback);
}

} // namespace

int listen_plain(Command const& command)
{
    Endpoint const endpoint = command.endpoint.value_or(Endpoint());
    bool const is_for_others = may_reach_others(endpoint);
    auto const loop = Loop::create();
    auto listeners = listen_on(endpoint);
    if (not loop.has_value() or not listeners.has_value())
        return report(loop.has_value() ? listeners.error() : loop.error(), endpoint);

    PlainChat chat(**loop);
    chat.console().tell(tr("Server running") + ' ' + addresses_of(*listeners));
    if (not is_for_others and not endpoint.is_unix())
        chat.console().tell(fill(tr("Only this machine can call. For others, say: {0}"),
            {"duet listen --plain :" + std::to_string(listeners->front().address().port())}));
    chat.console().flush();
    return PlainListen(chat, std::move(*listeners), command.keeps_listening).run();
}

} // namespace duet
