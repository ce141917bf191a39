#include "terminal/plain_call.hpp"

#include "base/limits.hpp"
#include "console/words.hpp"
#include "net/dialler.hpp"
#include "net/resolver.hpp"
#include "terminal/advice.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/plain_chat.hpp"

namespace duet {

namespace {

/// Name → addresses → socket → talk, each as soon as the one before is there.
class PlainCall final : ResolverHandler, DiallerHandler, TimerHandler {
public:
    PlainCall(PlainChat& chat, Endpoint endpoint)
        : chat_(chat)
        , endpoint_(std::move(endpoint))
        , resolver_(chat.loop(), *this)
        , dialler_(chat.loop(), *this)
    {
    }

    ~PlainCall() { chat_.loop().stop_timer(progress_timer_); }

    int run()
    {
        progress_timer_ = chat_.loop().start_timer(limits::progress_after, *this);
        resolver_.resolve(endpoint_);
        while (not failed_with_.has_value() and not chat_.must_stop()) {
            chat_.turn();
            if (chat_.talk_is_over())
                return chat_.stop(tr("Disconnected from server"), exit_code_of(chat_.end_talk()));
        }
        if (failed_with_.has_value())
            return *failed_with_;
        return chat_.stop(tr("Disconnected from server"), exit_code::interrupted);
    }

private:
    void resolved(SocketResult<std::vector<Address>> const& addresses) override
    {
        if (not addresses.has_value())
            return fail_with({addresses.error()});
        doing_ = Doing::dialling;
        dialler_.dial(*addresses);
    }

    void reached(Socket socket) override
    {
        chat_.loop().stop_timer(progress_timer_);
        chat_.begin_talk(Side::calling, false, std::move(socket));
    }

    void not_reached(std::vector<SocketError> const& errors) override { fail_with(errors); }

    void due(Tag) override
    {
        std::string const& what = endpoint_.is_unix() ? endpoint_.path : endpoint_.host;
        chat_.console().tell(doing_ == Doing::resolving
                ? fill(tr("Still looking up {0} … (Ctrl-C to give up)"), {what})
                : fill(tr("Still calling {0} … (Ctrl-C to give up)"), {endpoint_.text()}));
    }

    void fail_with(std::vector<SocketError> const& errors)
    {
        for (SocketError const& error : errors)
            failed_with_ = report(error, endpoint_);
    }

    enum class Doing { resolving, dialling };

    PlainChat& chat_;
    Endpoint const endpoint_;
    Resolver resolver_;
    Dialler dialler_;
    TimerId progress_timer_;
    Doing doing_ = Doing::resolving;
    std::optional<int> failed_with_; // an exit code
};

} // namespace

int call_plain(Command const& command)
{
    Endpoint const endpoint = command.endpoint.value_or(Endpoint());
    auto const loop = Loop::create();
    if (not loop.has_value())
        return report(loop.error(), endpoint);
    PlainChat chat(**loop);
    return PlainCall(chat, endpoint).run();
}

} // namespace duet
