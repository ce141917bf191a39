#include "direct/own_scribe.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "core/random.hpp"
#include "direct/names.hpp"

#include <utility>

namespace duet {

Result<std::unique_ptr<OwnScribe>, std::string> OwnScribe::open(
    Loop& loop, Connections& connections, std::string const& directory, KeyPair const& keys)
{
    auto store = TRY(OpenStore::open(
        directory, [](std::string_view words) { log_info(words); }, limits::direct_segment_bytes));
    return std::unique_ptr<OwnScribe>(new OwnScribe(loop, connections, std::move(store), keys));
}

OwnScribe::OwnScribe(Loop& loop, Connections& connections, OpenStore store, KeyPair const& keys)
    : store_(std::move(store))
    , identity_(keys.identity)
    , chat_(store_.store(), random_, keys, "duet")
    , door_(loop, connections, chat_, outbox_)
    , scribe_(store_.store(), loop)
{
    chat_.serve_pairs_only();
}

void OwnScribe::prepare(Partner const& partner, Identity const& own_device)
{
    auto const [place, is_new] = preparations_.try_emplace(partner.id);
    if (is_new) {
        place->second = {partner, own_device};
        go_on(place->second);
    }
}

bool OwnScribe::is_prepared(PartnerId partner) const
{
    auto const found = preparations_.find(partner);
    return found != preparations_.end() and found->second.is_done;
}

/// First we, then the partner, who becomes our contact; whatever a crash has left undone is done.
void OwnScribe::go_on(Preparation& preparation)
{
    Partner const& partner = preparation.partner;
    auto const we = store_.store().device_by_identity(preparation.own_device);
    if (not we.has_value())
        return enrol(partner.id, PersonId {}, preparation.own_device,
            scribes_handle(identity_, partner.identity));
    if (not store_.store().device_by_identity(partner.identity).has_value())
        return enrol(partner.id, we->person, partner.identity, partners_handle(partner.identity));
    preparation.is_done = true;
}

/// As somebody who was invited comes in, but that both halves of it are ours.
void OwnScribe::enrol(PartnerId partner, PersonId by, Identity const& device, std::string handle)
{
    std::string const secret = make_secret(random_);
    Time const now = door_.now().label;
    Enrol enrol {};
    enrol.secret = secret;
    enrol.identity = device;
    enrol.name = handle;
    enrol.handle = std::move(handle);
    enrol.device_name = "duet";
    drafts_.push_back(InviteDraft {{}, secret, Invitation::For::person, by, {}, now});
    drafts_.push_back(
        EnrolDraft {{SessionId {}, static_cast<std::uint64_t>(partner)}, std::move(enrol), now});
}

void OwnScribe::note(Outcome const& outcome)
{
    std::optional<Asker> asker;
    if (auto const* const enrolled = std::get_if<DeviceEnrolled>(&outcome))
        asker = enrolled->asker;
    else if (auto const* const denied = std::get_if<Denied>(&outcome))
        asker = denied->asker;
    if (not asker.has_value() or asker->session != SessionId {} or not asker->id.has_value())
        return;
    auto const found = preparations_.find(PartnerId {*asker->id});
    if (found == preparations_.end())
        return;
    if (auto const* const denied = std::get_if<Denied>(&outcome)) {
        log_error(std::string("a partner cannot be put into the store: ") + word(denied->error));
        preparations_.erase(found); // no space, perhaps: the next connection asks again
    } else {
        go_on(found->second);
    }
}

void OwnScribe::act()
{
    for (Outcome const& outcome : scribe_.finished()) {
        chat_.finished(outcome, outbox_);
        note(outcome);
    }
    chat_.pass_time(door_.now(), outbox_);
    scribe_.take(chat_.take_drafts());
    scribe_.take(std::exchange(drafts_, {}));
    chat_.set_scribe_is_behind(scribe_.is_behind());
    door_.deliver();
}

std::optional<MonotonicTime> OwnScribe::next_deadline() const
{
    if (chat_.has_drafts() or not drafts_.empty())
        return door_.now().at;
    return chat_.next_deadline();
}

bool OwnScribe::is_idle()
{
    return scribe_.is_idle() and not chat_.has_drafts() and drafts_.empty();
}

void OwnScribe::say_goodbye()
{
    door_.stop_listening();
    chat_.say_goodbye(outbox_);
    door_.deliver();
}

} // namespace duet
