#include "tests/sim/server_actor.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"
#include "core/planted.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

namespace duet::sim {

namespace {

// Small, so that segments roll, are indexed and go, and the index lags too far now and then.
constexpr std::size_t segment_bytes = 64 * 1024;
constexpr std::size_t batch_texts_bytes_max = 44 * 1024;
constexpr std::size_t unindexed_bytes_max = 256 * 1024;

constexpr std::size_t tries_max = 8;

std::size_t text_bytes(Draft const& draft)
{
    auto const* const say = std::get_if<SayDraft>(&draft);
    return say == nullptr ? 0 : say->say.text.size();
}

} // namespace

ServerActor::ServerActor(Dice& dice)
    : dice_(dice)
    , keys_(key_pair_from(dice.bytes<32>()))
    , disk_(std::make_unique<SimulatedDisk>(dice.number()))
    , index_(std::make_unique<SimIndex>())
{
}

std::optional<std::string> ServerActor::start()
{
    std::string why;
    for (std::size_t tries = 0; tries < tries_max; ++tries) {
        auto store = JournalStore::open(
            *disk_, *index_, {dice_.number(), segment_bytes, unindexed_bytes_max});
        if (store.has_value()) {
            store_ = std::move(*store);
            scribe_ = std::make_unique<Scribe>(*store_);
            chat_ = std::make_unique<Chat>(*store_, dice_, keys_, "sim");
            if (serves_pairs_only_)
                chat_->serve_pairs_only();
            return std::nullopt;
        }
        why = store.error().text();
        if (store.error().code == 0) // no fault of the disk's
            return why;
        die(dice_.one_in(2)); // it was killed while it started
    }
    return why;
}

void ServerActor::serve_pairs_only()
{
    serves_pairs_only_ = true;
    chat_->serve_pairs_only();
}

void ServerActor::die(bool with_the_power)
{
    chat_.reset();
    scribe_.reset();
    store_.reset();
    drafts_.clear();
    outcomes_.clear();
    if (with_the_power)
        disk_->restart_after_power_loss();
    else
        disk_->restart_after_kill();
}

bool ServerActor::must_die() const
{
    return disk_->has_crashed() or store_->failure().has_value();
}

void ServerActor::expect_accident()
{
    std::size_t const soon = dice_.below(12);
    if (dice_.one_in(4))
        disk_->fail_after(soon, dice_.one_in(2) ? ENOSPC : EIO);
    else
        disk_->crash_after(soon);
}

void ServerActor::draft(std::vector<Draft> drafts)
{
    std::ranges::move(drafts, std::back_inserter(drafts_));
}

void ServerActor::write(std::size_t most)
{
    std::vector<Draft> batch;
    std::size_t bytes = 0;
    while (batch.size() < most and not drafts_.empty()) {
        bytes += text_bytes(drafts_.front());
        if (bytes > batch_texts_bytes_max)
            break;
        batch.push_back(std::move(drafts_.front()));
        drafts_.pop_front();
    }
    std::ranges::move(scribe_->write(batch), std::back_inserter(outcomes_));
}

std::vector<Outcome> ServerActor::finished(std::size_t most)
{
    auto const end =
        outcomes_.begin() + static_cast<std::ptrdiff_t>(std::min(most, outcomes_.size()));
    std::vector<Outcome> finished(outcomes_.begin(), end);
    outcomes_.erase(outcomes_.begin(), end);
    return finished;
}

void ServerActor::keep_up(bool is_calm)
{
    index_->set_full(not is_calm and dice_.one_in(3));
    if (is_calm or dice_.one_in(2))
        store_->bring_up_index();
    if (is_calm or dice_.one_in(2))
        store_->make_ahead();
}

std::vector<Outcome> ServerActor::write_at_once(std::vector<Draft> const& drafts)
{
    keep_up(true);
    return scribe_->write(drafts);
}

void ServerActor::back_up()
{
    backup_.emplace();
    auto const names = disk_->names();
    if (not names.has_value()) // it dies here
        return backup_.reset();
    for (std::string const& name : *names)
        backup_->files[name] = disk_->contents(name);
    backup_->index.become(*index_);
}

std::optional<std::string> ServerActor::restore(Time now)
{
    die(false);
    disk_ = std::make_unique<SimulatedDisk>(dice_.number());
    for (auto const& [name, contents] : backup_->files)
        disk_->put(name, contents);
    index_ = std::make_unique<SimIndex>();
    index_->become(backup_->index);
    auto why = start();
    if (not why.has_value() and not planted(Bug::epoch_forgotten))
        write_at_once({EpochDraft {dice_.bytes<16>(), now}});
    return why;
}

} // namespace duet::sim
