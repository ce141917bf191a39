// A journal, its process killed and its machine without power at every step, also at every step of a
// start after that; and its disk failing at every step. What it said is on disk must always be there.

#include "store/journal_fixture.hpp"
#include "store/simulated_disk.hpp"

#include <cerrno>
#include <optional>
#include <random>

using namespace duet;

namespace {

constexpr std::uint64_t segment_bytes = 2048;

/// One store's life, in which processes come and go; and what must be true all the while.
class Life {
public:
    explicit Life(std::uint64_t seed) : disk(seed), random_(seed) { }

    /// Starts a process. False if it has died on the way.
    bool start()
    {
        journal_.reset();
        Collected given;
        auto opened = Journal::open(
            disk, {BatchNumber {indexed_}, random_(), segment_bytes}, given.visitor());
        if (not opened.has_value()) {
            last_error = opened.error().text();
            if (opened.error().kind == JournalError::Kind::damaged)
                wrong("the journal was called damaged");
            return false;
        }
        journal_ = std::move(*opened);
        // From here on it may be told to the world.
        look_at(given);
        in_doubt_.reset();
        return true;
    }

    /// What a process does until it dies, or for so many steps.
    void work(int steps)
    {
        if (not journal_)
            return;
        for (int step = 0; step < steps and not disk.has_crashed() and not has_failed; ++step) {
            std::uint64_t const what = random_() % 16;
            if (what == 0)
                note(journal_->make_ahead());
            else if (what == 1)
                indexed_ += random_() % (truth_.size() - indexed_ + 1);
            else if (what == 2)
                note(journal_->remove_before(BatchNumber {indexed_}));
            else
                append();
        }
    }

    void restart(bool has_lost_power)
    {
        journal_.reset();
        has_failed = false;
        if (has_lost_power)
            disk.restart_after_power_loss();
        else
            disk.restart_after_kill();
    }

    /// Starts until nothing stands in the way, and says whether everything is there.
    void must_start()
    {
        if (not start())
            wrong("it does not start: " + last_error);
    }

    SimulatedDisk disk;
    std::vector<std::string> violations;
    std::string last_error;
    bool has_failed = false;

private:
    void append()
    {
        Texts batch;
        std::uint64_t const records = 1 + random_() % 3;
        for (std::uint64_t i = 0; i < records; ++i)
            batch.push_back(std::to_string(++texts_) + std::string(random_() % 400, 'x'));
        auto const appended = journal_->append(records_of(batch));
        if (appended.has_value()) {
            truth_.push_back(std::move(batch));
            if (number(*appended) != truth_.size())
                wrong("a batch got another number");
        } else if (appended.error().kind == JournalError::Kind::failed) {
            has_failed = true;
            in_doubt_ = std::move(batch);
        }
    }

    void note(JournalResult<void> const& result)
    {
        if (not result.has_value() and result.error().kind == JournalError::Kind::failed)
            has_failed = true;
    }

    /// All that was acknowledged is there, and at most the one batch more that was under way.
    void look_at(Collected const& given)
    {
        std::size_t const before = truth_.size() - indexed_;
        if (not given.batches.empty() and number(given.first) != indexed_ + 1)
            wrong("another batch came first");
        if (given.batches.size() > before and in_doubt_ == given.batches.back())
            truth_.push_back(*in_doubt_);
        std::vector<Texts> const expected(
            truth_.begin() + static_cast<std::ptrdiff_t>(indexed_), truth_.end());
        if (given.batches != expected)
            wrong("other batches were read than were acknowledged");
    }

    void wrong(std::string what) { violations.push_back(std::move(what)); }

    std::mt19937_64 random_;
    std::unique_ptr<Journal> journal_;
    std::vector<Texts> truth_;      // truth_[0] is batch 1
    std::optional<Texts> in_doubt_; // it may be on disk, or not
    std::uint64_t indexed_ = 0;
    std::uint64_t texts_ = 0;
};

/// The steps of the life that the tests below disturb.
constexpr int steps = 40;

/// How many operations of the disk such a life has.
std::uint64_t operations_of(std::uint64_t seed)
{
    Life life(seed);
    life.must_start();
    life.work(steps);
    return life.disk.operations();
}

/// A life that dies at some operation, then again and again while it starts or works, and then is whole.
std::vector<std::string> live(std::uint64_t seed, std::uint64_t crash, bool is_lying)
{
    std::mt19937_64 random(seed ^ crash << 32);
    Life life(seed);
    life.disk.set_lying(is_lying);
    life.disk.crash_after(crash);
    if (life.start())
        life.work(steps);
    for (std::uint64_t again = random() % 4; again > 0; --again) {
        life.restart(random() % 2 == 0);
        life.disk.crash_after(random() % 40);
        if (life.start())
            life.work(steps);
    }
    life.restart(random() % 4 != 0);
    life.must_start();
    life.work(steps);
    life.restart(true);
    life.must_start();
    return life.violations;
}

} // namespace

TEST_SUITE_BEGIN("journal_crash");

TEST_CASE("a process may die at every operation, and again whenever it likes")
{
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        std::uint64_t const operations = operations_of(seed);
        for (std::uint64_t crash = 0; crash < operations; ++crash) {
            INFO("seed ", seed, ", crash ", crash);
            REQUIRE(live(seed, crash, false) == std::vector<std::string> {});
        }
    }
}

TEST_CASE("a process may die at every operation of a start that follows a crash at every operation")
{
    std::uint64_t const seed = 8000;
    std::uint64_t const operations = operations_of(seed);
    for (std::uint64_t crash = 0; crash < operations; ++crash) {
        for (std::uint64_t again = 0;; ++again) {
            INFO("crash ", crash, ", again ", again);
            Life life(seed);
            life.disk.crash_after(crash);
            if (life.start())
                life.work(steps);
            life.restart(again % 2 == 0);
            life.disk.crash_after(again);
            bool const has_started = life.start();
            life.restart(again % 3 != 0);
            life.must_start();
            REQUIRE(life.violations == std::vector<std::string> {});
            if (has_started)
                break;
        }
    }
}

TEST_CASE("the test above sees what is lost: a disk that lies is found out")
{
    std::uint64_t found = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed)
        found += live(seed, 60, true).empty() ? 0U : 1U;
    CHECK(found > 50);
}

TEST_CASE("every operation may fail once: then it stops or goes on, and nothing is lost")
{
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        std::uint64_t const operations = operations_of(seed);
        for (std::uint64_t fault = 0; fault < 2 * operations; ++fault) {
            int const code = fault % 2 == 0 ? EIO : ENOSPC;
            INFO("seed ", seed, ", fault ", fault / 2, ", code ", code);
            Life life(seed);
            life.disk.fail_after(fault / 2, code);
            if (life.start() or life.start())
                life.work(steps);
            life.restart(false); // what the kernel shows may be what the disk does not have
            life.must_start();
            life.restart(true);
            life.must_start();
            life.work(steps);
            life.restart(true);
            life.must_start();
            REQUIRE(life.violations == std::vector<std::string> {});
        }
    }
}

TEST_SUITE_END();
