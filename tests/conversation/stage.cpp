#include "tests/conversation/stage.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "tests/conversation/in_words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace duet {

void Sequence::fill(std::span<std::byte> bytes)
{
    for (std::byte& byte : bytes) {
        state_ = state_ * 1'664'525U + 1'013'904'223U;
        byte = static_cast<std::byte>(state_ >> 24);
    }
}

Result<void> StageStore::append(std::span<Record const> batch)
{
    if (is_full)
        return fail(Error::store_full);
    apply(batch, 0);
    return {};
}

Stage::Stage()
{
    server_starts_again();
    Epoch const epoch {std::byte {1}};
    scribe->write(std::vector<Draft> {EpochDraft {epoch, now.label}});
}

Handset Stage::handset(std::string const& person)
{
    return {person, key_pair_from({static_cast<std::byte>(++handsets_)})};
}

namespace {

bool is_ask_of(Event const& event, Handset const& device)
{
    auto const* const asks = std::get_if<DeviceAsks>(&event.body);
    return asks != nullptr and asks->identity == device.keys.identity;
}

} // namespace

// Coming and going

void Stage::connects(Handset& device)
{
    device.session = SessionId {++sessions_};
    device.is_cut = false;
    device.bytes_under_way = 0;
    if (std::ranges::find(connected_, &device) == connected_.end())
        connected_.push_back(&device);
    random.fill(device.client_nonce);
    chat->connected(device.session, now, "192.0.2.1");
    asks(device, Hello {1, device.client_nonce});
}

void Stage::signs_in(Handset& device)
{
    sign_in_from(device, device.cursor);
}

void Stage::signs_in_anew(Handset& device)
{
    device.cursor = store.last_feed(person(device.person));
    sign_in_from(device, std::nullopt);
}

void Stage::sign_in_from(Handset& device, std::optional<Feed> feed)
{
    connects(device);
    CHECK(hears(device) == "hello");
    asks(device, SignIn {device.keys.identity, proof_of(device), store.epoch(), feed, "handset"});
}

void Stage::comes_back(Handset& device)
{
    forgets(device);
    signs_in(device);
    REQUIRE(is_signed_in(device));
    forgets(device);
}

void Stage::loses_connection(Handset& device)
{
    std::erase(connected_, &device);
    chat->disconnected(device.session, outbox);
    deliver();
}

Proof Stage::proof_of(Handset const& device) const
{
    return prove(device.keys,
        {Prover::device, device.client_nonce, device.server_nonce, server_keys.identity, {}});
}

// Enrolment

std::string Stage::operators_secret()
{
    std::string const secret = "of the operator";
    scribe->write(std::vector<Draft> {
        InviteDraft {{}, secret, Invitation::For::person, PersonId {}, {}, now.label}});
    return secret;
}

std::string Stage::invites(Handset& by)
{
    asks(by, Invite {});
    disk_has_it();
    std::string const secret = std::get<Linked>(by.heard.back().body).secret;
    by.heard.pop_back();
    return secret;
}

std::string Stage::links(Handset& by)
{
    asks(by, LinkDevice {});
    disk_has_it();
    std::string const secret = std::get<Linked>(by.heard.back().body).secret;
    by.heard.pop_back();
    return secret;
}

void Stage::enrols(Handset& device, std::string const& secret, std::string const& handle)
{
    connects(device);
    CHECK(hears(device) == "hello");
    asks(device,
        Enrol {secret, device.keys.identity, proof_of(device), handle, handle, "a handset"});
    disk_has_it();
}

void Stage::is_confirmed(Handset& device, Handset& by)
{
    auto const asked = std::ranges::find_if(
        by.heard, [&](Event const& event) { return is_ask_of(event, device); });
    REQUIRE(asked != by.heard.end());
    std::uint64_t const ask = std::get<DeviceAsks>(asked->body).ask;
    by.heard.erase(asked);
    asks(by, Confirm {ask, true});
    disk_has_it();
}

// Talking

void Stage::says(Handset& device, std::string const& to, std::string const& text)
{
    device.n = next(device.n);
    asks(device, Say {device.n, to, Kind::text, text});
}

void Stage::says_under(Handset& device, unsigned n, std::string const& to, std::string const& text)
{
    asks(device, Say {N {n}, to, Kind::text, text});
}

void Stage::got(Handset& device)
{
    device.bytes_under_way = 0;
    asks(device, Got {device.cursor});
}

void Stage::asks(Handset& device, Request::Body body, std::optional<std::uint64_t> id)
{
    chat->handle(device.session, {id, std::move(body)}, {}, now, outbox);
    deliver();
}

// The world

void Stage::disk_has_it()
{
    while (not drafts.empty()) {
        std::vector<Draft> const batch = std::exchange(drafts, {});
        for (Outcome const& outcome : scribe->write(batch))
            chat->finished(outcome, outbox);
        deliver();
    }
}

void Stage::pass(std::chrono::milliseconds time)
{
    now.at += time;
    now.label += time;
    chat->pass_time(now, outbox);
    deliver();
}

void Stage::marks_move()
{
    pass(limits::mark_interval);
    disk_has_it();
}

void Stage::server_starts_again()
{
    connected_.clear();
    outbox.clear();
    drafts.clear();
    scribe = std::make_unique<Scribe>(store);
    chat = std::make_unique<Chat>(store, random, server_keys, "duetd");
}

void Stage::deliver()
{
    for (Draft& draft : chat->take_drafts())
        drafts.push_back(std::move(draft));
    for (Outgoing const& outgoing : std::exchange(outbox, {})) {
        for (Handset* const device : connected_) {
            if (device->session == outgoing.to)
                hear(*device, outgoing.event);
        }
    }
}

/// What holds in every test: nothing comes behind a `bye`, feed numbers come in order and each once.
void Stage::hear(Handset& device, Event const& event)
{
    CHECK_FALSE(device.is_cut);
    if (auto const* const presence = std::get_if<Presence>(&event.body)) {
        device.seen.push_back(*presence);
        return;
    }
    device.heard.push_back(event);
    if (auto const* const greeted = std::get_if<Greeted>(&event.body))
        device.server_nonce = greeted->nonce;
    else if (auto const* const entry = std::get_if<EntryEvent>(&event.body))
        hear_feed(device, entry->feed, entry->text.size());
    else if (auto const* const said = std::get_if<Said>(&event.body))
        hear_feed(device, said->feed, 0);
    else if (auto const* const welcome = std::get_if<Welcome>(&event.body))
        device.n = std::max(device.n, welcome->last_n);
    device.is_cut = std::holds_alternative<Bye>(event.body);
}

void Stage::hear_feed(Handset& device, Feed feed, std::size_t bytes)
{
    if (feed == Feed {})
        return;
    CHECK(feed == next(device.cursor));
    device.cursor = feed;
    device.bytes_under_way += bytes + 128;
    CHECK(device.bytes_under_way <= limits::window_bytes_max);
}

std::string Stage::hears(Handset& device)
{
    std::vector<Event::Body> bodies;
    for (Event const& event : std::exchange(device.heard, {}))
        bodies.push_back(event.body);
    return in_words(bodies);
}

std::string Stage::sees(Handset& device)
{
    std::vector<Event::Body> bodies;
    for (Presence const& presence : std::exchange(device.seen, {}))
        bodies.emplace_back(presence);
    return in_words(bodies);
}

void Stage::forgets(Handset& device)
{
    device.heard.clear();
    device.seen.clear();
}

PersonId Stage::person(std::string const& handle)
{
    return store.person_by_handle(handle).value().id;
}

std::size_t Stage::log_length(std::string const& one, std::string const& other)
{
    return number(store.last_seq(Pair::of(person(one), person(other))));
}

bool Stage::is_signed_in(Handset const& device) const
{
    return chat->is_signed_in(device.session);
}

ConversationTest::ConversationTest()
{
    enrols(bob, operators_secret(), "bob");
    comes_back(bob);
    enrols(ada, invites(bob), "ada");
    enrols(kim, invites(bob), "kim");
    comes_back(ada);
    // From before anybody was told of devices.
    Record const desk = DeviceAdded {next(store.last_device()), person("ada"),
        ada_desk.keys.identity, "a handset", SecretHash {std::byte {1}}, now.label};
    REQUIRE(store.append(std::span(&desk, 1)).has_value());
    connects(ada_desk);
    for (Handset* const device : {&bob, &ada, &ada_desk, &kim}) {
        loses_connection(*device);
        forgets(*device);
    }
}

} // namespace duet
