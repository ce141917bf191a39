// Two people who talk as fast as they can, each with a device of the client library: made to be killed.
//
//     talker join DIR SERVER SECRET HANDLE    makes a device
//     talker talk DIR:WITH...                 all of them say 1, 2, 3 … until this is killed
//     talker settle DIR:WITH...               says nothing new; ends when all is answered and heard
//     talker dump DIR WITH                    prints what the device has stored
//
// Every text is "HANDLE K", where K is the device's own count of what it has said: so whoever reads the
// dumps knows what must be there, once each and in this order.

#include "client/duet.hpp"

#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// So many texts wait for their answers at most: a full rate, and no endless outbox.
constexpr std::size_t waiting_max = 64;

[[noreturn]] void stop(duet::Failure const& failure)
{
    std::fprintf(stderr, "talker: %s: %s\n", failure.word.c_str(), failure.sentence.c_str());
    std::exit(1);
}

/// Watches that what comes, comes once and in order.
class Talker final : duet::ClientHandler {
public:
    Talker(std::string const& directory, std::string with) : with_(std::move(with))
    {
        auto client = duet::Client::open(directory, *this);
        if (not client.has_value())
            stop(client.error());
        client_ = std::move(*client);
        last_feed_ = client_->cursor();
        auto const waiting = client_->outbox();
        waiting_ = waiting.size();
    }

    duet::Client& client() { return *client_; }

    void say_more()
    {
        count_waiting();
        while (waiting_ < waiting_max) {
            auto const said =
                client_->say(with_, client_->you() + ' ' + std::to_string(count_ + 1));
            if (not said.has_value())
                stop(said.error());
            ++count_;
            ++waiting_;
        }
    }

    /// How much was said before this process: the device counts it.
    void count_what_was_said()
    {
        while (client_->own(count_ + 1).has_value())
            ++count_;
    }

    [[nodiscard]] bool is_settled()
    {
        count_waiting();
        return waiting_ == 0;
    }
    [[nodiscard]] std::size_t heard() const { return heard_; }

    void tell_what_it_waits_for() const
    {
        std::fprintf(stderr, "%s: connectedness %d, %zu counted as waiting, %zu in the outbox\n",
            client_->you().c_str(), static_cast<int>(client_->connectedness()), waiting_,
            client_->outbox().size());
    }

private:
    void count_waiting()
    {
        if (std::exchange(has_changed_, false))
            waiting_ = client_->outbox().size();
    }

    void heard(duet::Message const& message) override
    {
        ++heard_;
        // One's own words are not heard, so there are jumps; the dump shows whether anything is missing.
        if (message.feed <= last_feed_)
            stop({"order", "a feed number came twice"});
        last_feed_ = message.feed;
    }

    void changed(duet::Message const& message) override
    {
        if (message.state == duet::MessageState::refused)
            stop({"refused", message.refused});
        has_changed_ = true; // it may be `delivered` by now, and never have been told as `sent`
    }

    void ended(duet::Failure const& why) override { stop(why); }

    std::string with_;
    std::unique_ptr<duet::Client> client_;
    std::uint64_t last_feed_ = 0;
    std::uint64_t count_ = 0;
    std::size_t waiting_ = 0;
    bool has_changed_ = false;
    std::size_t heard_ = 0;
};

std::vector<std::unique_ptr<Talker>> open(int count, char** values)
{
    std::vector<std::unique_ptr<Talker>> talkers;
    for (int i = 2; i < count; ++i) {
        std::string const both = values[i];
        auto const colon = both.rfind(':');
        talkers.push_back(std::make_unique<Talker>(both.substr(0, colon), both.substr(colon + 1)));
        talkers.back()->count_what_was_said();
    }
    return talkers;
}

int join(char** values)
{
    duet::Joining const joining {values[3], values[4], values[5], "", "a talker"};
    if (auto const made = duet::Client::prepare(values[2], joining); not made.has_value())
        stop(made.error());
    class Nobody final : public duet::ClientHandler {
    } nobody;
    auto const client = duet::Client::open(values[2], nobody);
    if (not client.has_value())
        stop(client.error());
    while ((*client)->connectedness() != duet::Connectedness::here)
        (*client)->turn(100ms);
    return 0;
}

[[noreturn]] void talk(int count, char** values)
{
    auto const talkers = open(count, values);
    while (true) {
        for (auto const& talker : talkers) {
            talker->say_more();
            talker->client().turn(1ms);
        }
    }
}

/// Ends when nothing waits and nothing came for a while, with everybody signed in.
int settle(int count, char** values)
{
    constexpr auto calm = 1500ms;
    constexpr auto patience = 20s; // then it says what it waits for
    auto const talkers = open(count, values);
    auto last_change = std::chrono::steady_clock::now();
    std::size_t heard_before = 0;
    auto tell_at = last_change + patience;
    while (std::chrono::steady_clock::now() < last_change + calm) {
        std::size_t heard = 0;
        bool all_here = true;
        for (auto const& talker : talkers) {
            talker->client().turn(5ms);
            heard += talker->heard();
            all_here = all_here and talker->is_settled()
                and talker->client().connectedness() == duet::Connectedness::here;
        }
        auto const now = std::chrono::steady_clock::now();
        if (heard != heard_before or not all_here)
            last_change = now;
        if (now > tell_at) {
            for (auto const& talker : talkers)
                talker->tell_what_it_waits_for();
            tell_at = now + patience;
        }
        heard_before = heard;
    }
    return 0;
}

/// "entry SEQ FEED FROM TEXT" for all that is stored, and "waiting TEXT" for what is not said.
int dump(char** values)
{
    class Nobody final : public duet::ClientHandler {
    } nobody;
    auto const client = duet::Client::open(values[2], nobody);
    if (not client.has_value())
        stop(client.error());
    constexpr std::size_t page = 1000;
    std::uint64_t from = 1;
    while (true) {
        auto const messages = (*client)->feed(from, page);
        for (duet::Message const& message : messages)
            std::printf("entry %llu %llu %s %s\n", static_cast<unsigned long long>(message.seq),
                static_cast<unsigned long long>(message.feed), message.from.c_str(),
                message.text.c_str());
        if (messages.empty())
            break;
        from = messages.back().feed + 1;
    }
    for (duet::Message const& message : (*client)->outbox())
        std::printf("waiting %s\n", message.text.c_str());
    std::uint64_t count = 0;
    while ((*client)->own(count + 1).has_value())
        ++count;
    std::printf("said %llu\n", static_cast<unsigned long long>(count));
    return std::fflush(stdout) == 0 ? 0 : 1;
}

} // namespace

int main(int count, char** values)
{
    std::string_view const verb = count > 1 ? values[1] : "";
    if (verb == "join" and count == 6)
        return join(values);
    if (verb == "talk" and count > 2)
        talk(count, values);
    if (verb == "settle" and count > 2)
        return settle(count, values);
    if (verb == "dump" and count == 4)
        return dump(values);
    std::fprintf(stderr, "talker join|talk|settle|dump …\n");
    return 2;
}
