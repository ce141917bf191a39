// A life of two who talk directly: the first is the scribe, whose own device is in one process with the
// server inside, and the other its partner. Both dial, at once as well; whoever they reach has to prove who
// they are, as direct/preface.hpp has it, and may be cut off between any two lines of that.

#include "tests/sim/world.hpp"

#include "direct/kept_connection.hpp"
#include "direct/preface.hpp"

#include <array>
#include <utility>

namespace duet::sim {

namespace {

constexpr std::size_t dials_max = 4;

/// What lies between two, line by line: the first of `lines` is heard by `by`, who may answer.
void hear_first(Preface& by, std::string& lines, std::string& answer)
{
    std::size_t const end = lines.find('\n');
    std::string const line = lines.substr(0, end);
    lines.erase(0, end + 1);
    if (by.waits_for_line())
        by.take(as_bytes(line), answer);
    if (by.stage() == Preface::Stage::met)
        by.prove_known(answer);
    else if (by.stage() == Preface::Stage::known)
        by.accept("partner", answer);
}

} // namespace

void World::be_direct()
{
    add_people(2);
    server_.serve_pairs_only();
}

bool World::is_scribes_own(DeviceActor const& device) const
{
    return &device == devices_.front().get();
}

void World::dial(bool as_scribe)
{
    if (dials_.size() < dials_max)
        dials_.push_back(as_scribe);
}

/// One of those that are under way arrives, whichever was made first.
void World::meet()
{
    if (dials_.empty())
        return;
    auto const which = dials_.begin() + static_cast<std::ptrdiff_t>(dice_.below(dials_.size()));
    bool const scribe_dialled = *which;
    dials_.erase(which);
    DeviceActor& partner = *devices_.back();
    if (not they_meet(scribe_dialled))
        return;
    SessionId const id = network_.open();
    server_.chat().connected(id, now_);
    auto const before = partner.wire();
    bool const was_scribes = before.has_value() and dialled_by_scribe_[*before];
    if (is_second_best({before.has_value(), was_scribes, not scribe_dialled}))
        return network_.leave_as_device(id);
    if (was_scribes and not scribe_dialled)
        oracle_.breaks("both have dialled, and what the scribe has dialled was not kept");
    device_leaves(partner);
    dialled_by_scribe_[id] = scribe_dialled;
    partner.connected(id);
    Step step;
    partner.live().connected(now_, step);
    take(partner, step);
}

/// Whether both learn who the other is, and that it is whom they know.
bool World::they_meet(bool scribe_calls)
{
    std::array<KeyPair, 2> keys {server_.keys(), devices_.back()->keys()};
    if (not scribe_calls)
        std::swap(keys[0], keys[1]);
    Preface caller(Preface::Side::calling, keys[0], 0, dice_.bytes<sizeof(Nonce)>(), {});
    Preface listener(Preface::Side::listening, keys[1], 0, dice_.bytes<sizeof(Nonce)>(), {});
    std::string to_listener;
    std::string to_caller;
    caller.begin(to_listener);
    while (not to_listener.empty() or not to_caller.empty()) {
        if (not is_calm_ and dice_.one_in(12))
            return false;
        if (not to_listener.empty())
            hear_first(listener, to_listener, to_caller);
        else
            hear_first(caller, to_caller, to_listener);
    }
    bool const is_done = caller.stage() == Preface::Stage::done
        and listener.stage() == Preface::Stage::done and caller.identity() == keys[1].identity
        and listener.identity() == keys[0].identity;
    if (not is_done)
        oracle_.breaks("two who know each other were not let in");
    return is_done;
}

} // namespace duet::sim
