#include "terminal/direct_verbs.hpp"

#include "base/random.hpp"
#include "console/words.hpp"
#include "direct/partners.hpp"
#include "direct/talk_device.hpp"
#include "pairing/link.hpp"
#include "server/system_random.hpp"
#include "terminal/direct_places.hpp"
#include "terminal/exit_code.hpp"
#include "terminal/export_folder.hpp"
#include "terminal/showing.hpp"

#include <unistd.h>

#include <array>
#include <cstdio>
#include <utility>
#include <vector>

namespace duet {

namespace {

constexpr std::size_t page_entries = 500;
constexpr std::uint64_t usual_limit = 50;

int fail_with(std::string const& sentence, int code = exit_code::failed)
{
    std::fputs(("duet: " + sentence + '\n').c_str(), stderr);
    return code;
}

int fail_with(Failure const& why)
{
    return fail_with(
        failure_in_words(why), why.word == "held" ? exit_code::busy : exit_code::failed);
}

/// The list of partners; null if nobody has talked directly here.
Result<std::unique_ptr<Partners>, Failure> partners_of(Profile const& profile)
{
    std::string const directory = direct_directory(profile);
    if (::access((directory + "/partners.sqlite").c_str(), F_OK) != 0)
        return std::unique_ptr<Partners>();
    std::array<std::byte, 32> seed {};
    fill_random(seed);
    return Partners::open(directory, seed);
}

/// What is stored of one talk, without anybody being reached.
class StoredTalk final : ClientHandler {
public:
    static Result<std::unique_ptr<StoredTalk>, Failure> open(
        Profile const& profile, Partners& partners, Partner const& partner)
    {
        auto loop = Loop::create();
        if (not loop.has_value())
            return fail(Failure {"network", loop.error().text()});
        auto talk = std::unique_ptr<StoredTalk>(new StoredTalk(std::move(*loop)));
        auto carrier = TRY(open_talk_device(direct_directory(profile), partners, partner,
            talk->random_, *talk->loop_, talk->connections_, *talk));
        talk->client_ = std::make_unique<Client>(std::move(carrier));
        return talk;
    }

    [[nodiscard]] Client& client() const { return *client_; }

private:
    explicit StoredTalk(std::unique_ptr<Loop> loop) : loop_(std::move(loop)), connections_(*loop_)
    {
    }

    SystemRandom random_;
    std::unique_ptr<Loop> loop_;
    Connections connections_;
    std::unique_ptr<Client> client_;
};

/// An entry, or what waits to become one, as `duet history` shows it.
std::string line_of(Message const& message, bool is_json)
{
    std::string lines;
    if (is_json)
        write_message(lines, message, true);
    else if (message.is_mine and message.state == MessageState::waiting)
        lines = spoken('(' + state_in_words(message.state) + ") " + message.from, message.text);
    else
        lines = spoken_at(message.time, message.from, message.text);
    return lines;
}

int show_history(Order const& order, Client const& client)
{
    auto messages = client.history(order.person, 0, order.limit.value_or(usual_limit));
    for (Message& waiting : client.outbox())
        messages.push_back(std::move(waiting));
    for (Message const& message : messages)
        std::fputs(line_of(message, order.is_json).c_str(), stdout);
    return std::fflush(stdout) == 0 ? exit_code::ok : exit_code::failed;
}

int show_people(std::vector<Partner> const& partners)
{
    for (Partner const& partner : partners) {
        std::string const where = partner.place.empty() ? partner.seen : partner.place;
        std::string const line = partner.name + ", "
            + (partner.is_forgotten ? tr("forgotten") : tr("direct"))
            + (where.empty() ? "" : ", " + where);
        std::puts(line.c_str());
    }
    return std::fflush(stdout) == 0 ? exit_code::ok : exit_code::failed;
}

std::expected<void, std::string> export_talk(
    ExportFolder& folder, Client const& client, std::string const& name, bool is_json)
{
    TRY_VOID(folder.begin_file("conversations/" + name + (is_json ? ".jsonl" : ".txt")));
    std::vector<Message> all;
    for (std::uint64_t before = 0;;) {
        auto page = client.history(name, before, page_entries);
        if (page.empty())
            break;
        before = page.front().seq;
        all.insert(all.begin(), page.begin(), page.end());
        if (before <= 1)
            break;
    }
    for (Message& waiting : client.outbox())
        all.push_back(std::move(waiting));
    for (Message const& message : all)
        TRY_VOID(folder.write(line_of(message, is_json)));
    return {};
}

int export_all(Order const& order, Profile const& profile, Partners& partners)
{
    auto folder = ExportFolder::create(order.path);
    auto const not_exported = [](std::string const& why) {
        return fail_with(fill(tr("Not exported: {0}"), {why}));
    };
    if (not folder.has_value())
        return not_exported(folder.error());
    if (auto const made = folder->make_folder("conversations"); not made.has_value())
        return not_exported(made.error());
    for (Partner const& partner : partners.all()) {
        auto const talk = StoredTalk::open(profile, partners, partner);
        if (not talk.has_value())
            return fail_with(talk.error());
        for (bool const is_json : {false, true}) {
            auto const written = export_talk(*folder, (*talk)->client(), partner.name, is_json);
            if (not written.has_value())
                return not_exported(written.error());
        }
    }
    auto const finished = folder->finish();
    return finished.has_value() ? exit_code::ok : not_exported(finished.error());
}

bool has_joined(Profile const& profile)
{
    return ::access((profile.directory() + "/device.sqlite").c_str(), F_OK) == 0;
}

} // namespace

std::optional<int> run_direct_verb(Order const& order, Profile const& profile)
{
    auto const opened = partners_of(profile);
    if (not opened.has_value())
        return fail_with(opened.error());
    Partners* const partners = opened->get();
    if (partners == nullptr)
        return std::nullopt;
    if (order.verb == Order::Verb::history) {
        auto const partner = partners->find(order.person);
        if (not partner.has_value())
            return std::nullopt;
        auto const talk = StoredTalk::open(profile, *partners, *partner);
        return talk.has_value() ? show_history(order, (*talk)->client()) : fail_with(talk.error());
    }
    if (order.verb == Order::Verb::people and not has_joined(profile) and not order.is_json)
        return show_people(partners->all());
    if (order.verb == Order::Verb::export_all and not has_joined(profile))
        return export_all(order, profile, *partners);
    return std::nullopt;
}

int run_forget(std::string const& person, Profile const& profile)
{
    auto const partners = partners_of(profile);
    if (not partners.has_value())
        return fail_with(partners.error());
    auto const partner = *partners == nullptr ? std::nullopt : (*partners)->find(person);
    if (not partner.has_value() or partner->is_forgotten)
        return fail_with(fill(tr("You have met nobody directly who is called {0}."), {person}));
    auto const name = (*partners)->forget(partner->id);
    if (not name.has_value())
        return fail_with(name.error());
    std::puts(fill(tr("{0} is forgotten. What was said stays: duet history {1}"), {person, *name})
            .c_str());
    return exit_code::ok;
}

int run_key(std::string const& person, Profile const& profile)
{
    auto const partners = partners_of(profile);
    if (not partners.has_value())
        return fail_with(partners.error());
    if (*partners == nullptr)
        return fail_with(tr("Nobody has talked directly here."));
    auto const show = [](std::string const& name, Identity const& identity) {
        std::puts((text_of(hash_of(identity)) + "  " + name).c_str());
    };
    show((*partners)->name(), (*partners)->keys().identity);
    if (person.empty())
        return exit_code::ok;
    auto const partner = (*partners)->find(person);
    if (not partner.has_value())
        return fail_with(fill(tr("You have met nobody directly who is called {0}."), {person}));
    show(partner->name, partner->identity);
    return exit_code::ok;
}

} // namespace duet
