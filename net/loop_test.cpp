#include "net/loop.hpp"

#include "net/loop_fixture.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include <algorithm>
#include <functional>
#include <thread>

using namespace duet;

TEST_SUITE_BEGIN("loop");

namespace {

/// Two ends of a Unix socket, which need no network.
struct Ends {
    Ends()
    {
        std::array<int, 2> pair {};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
        ours = Descriptor(pair[0]);
        theirs = Descriptor(pair[1]);
    }

    void write() const { REQUIRE(::write(theirs.number(), "x", 1) == 1); }
    void read() const
    {
        char letter = 0;
        REQUIRE(::read(ours.number(), &letter, 1) == 1);
    }

    Descriptor ours;
    Descriptor theirs;
};

struct Told {
    Tag tag;
    Ready what;
};

class WatchTest : public LoopTest, public Watcher, public TimerHandler {
public:
    void ready(Tag tag, Ready what) override
    {
        told.push_back({tag, what});
        if (then)
            then(tag);
    }

    void due(Tag tag) override { rung.push_back(tag); }

    WatchId watch(Ends const& ends, Interest interest, Tag tag = 0)
    {
        return loop.watch(ends.ours.number(), interest, *this, tag);
    }

    /// What one turn tells, which does not wait for more than is there already.
    std::vector<Told> turned()
    {
        told.clear();
        loop.wake();
        loop.turn();
        return told;
    }

    std::vector<Told> told;
    std::vector<Tag> rung;
    std::function<void(Tag)> then; // what a watcher does
};

} // namespace

TEST_CASE_FIXTURE(WatchTest, "a watcher is told what its descriptor is ready for, with its tag")
{
    Ends const ends;
    WatchId const id = watch(ends, Interest::reading, 42);
    CHECK(turned().empty());

    ends.write();
    REQUIRE(turned().size() == 1);
    CHECK(told[0].tag == 42);
    CHECK(told[0].what.to_read);
    CHECK_FALSE(told[0].what.to_write);
    CHECK_FALSE(told[0].what.in_trouble);

    loop.change(id, Interest::writing);
    REQUIRE(turned().size() == 1);
    CHECK_FALSE(told[0].what.to_read);
    CHECK(told[0].what.to_write);

    loop.change(id, Interest::both);
    REQUIRE(turned().size() == 1);
    CHECK(told[0].what.to_read);
    CHECK(told[0].what.to_write);
    loop.unwatch(id);
}

TEST_CASE_FIXTURE(WatchTest, "what is not read now is told again")
{
    Ends const ends;
    WatchId const id = watch(ends, Interest::reading);
    ends.write();
    ends.write();
    CHECK(turned().size() == 1);
    CHECK(turned().size() == 1);
    ends.read();
    CHECK(turned().size() == 1);
    ends.read();
    CHECK(turned().empty());
    loop.unwatch(id);
}

TEST_CASE_FIXTURE(WatchTest, "who wants nothing is told nothing, and again when he wants")
{
    Ends const ends;
    WatchId const id = watch(ends, Interest::nothing);
    ends.write();
    CHECK(turned().empty());
    loop.change(id, Interest::reading);
    CHECK(turned().size() == 1);
    loop.change(id, Interest::nothing);
    CHECK(turned().empty());
    loop.unwatch(id);
}

TEST_CASE_FIXTURE(
    WatchTest, "trouble is told to whom wants it alone, and to nobody who wants nothing")
{
    Ends ends;
    WatchId const id = watch(ends, Interest::trouble);
    ends.write();
    CHECK(turned().empty());

    ends.theirs.close();
    REQUIRE(turned().size() == 1);
    CHECK(told[0].what.in_trouble);

    loop.change(id, Interest::nothing);
    CHECK(turned().empty());
    loop.unwatch(id);
}

TEST_CASE_FIXTURE(WatchTest, "a watch that ends within a turn is told nothing more in it")
{
    Ends const first;
    Ends const second;
    std::array const ids {watch(first, Interest::reading, 0), watch(second, Interest::reading, 1)};
    first.write();
    second.write();
    then = [&](Tag tag) { loop.unwatch(ids[1 - tag]); };
    REQUIRE(turned().size() == 1);
    then = nullptr;
    loop.unwatch(ids[told[0].tag]);
    CHECK(turned().empty());
}

TEST_CASE_FIXTURE(
    WatchTest, "a new watch in the place of one that has ended is not told the old one's news")
{
    Ends const first;
    Ends const second;
    Ends const quiet;
    std::array ids {watch(first, Interest::reading, 0), watch(second, Interest::reading, 1)};
    first.write();
    second.write();
    then = [&](Tag tag) {
        loop.unwatch(ids[1 - tag]);
        ids[1 - tag] = watch(quiet, Interest::reading, 2);
    };
    CHECK(turned().size() == 1);
    then = nullptr;
    loop.unwatch(ids[0]);
    loop.unwatch(ids[1]);
}

TEST_CASE_FIXTURE(WatchTest, "a watcher may end its own watch and begin others")
{
    Ends const ends;
    std::array<Ends, 50> const others;
    std::vector<WatchId> ids {watch(ends, Interest::reading, 0)};
    ends.write();
    then = [&](Tag tag) {
        if (tag != 0)
            return;
        loop.unwatch(ids[0]);
        ids.clear();
        for (Ends const& other : others)
            ids.push_back(watch(other, Interest::writing, 1));
    };
    CHECK(turned().size() == 1);
    CHECK(turned().size() == others.size());
    for (WatchId const id : ids)
        loop.unwatch(id);
}

TEST_CASE_FIXTURE(WatchTest, "more descriptors than one wait tells are all told in time")
{
    std::array<Ends, 300> const ends;
    std::vector<WatchId> ids;
    std::vector<bool> has_been_told(ends.size());
    for (std::size_t i = 0; i < ends.size(); ++i) {
        ids.push_back(watch(ends[i], Interest::reading, i));
        ends[i].write();
    }
    then = [&](Tag tag) {
        ends[tag].read();
        has_been_told[tag] = true;
    };
    turn_until([&] { return std::ranges::all_of(has_been_told, std::identity()); });
    then = nullptr;
    for (WatchId const id : ids)
        loop.unwatch(id);
}

TEST_CASE_FIXTURE(WatchTest, "files and /dev/null are always ready")
{
    for (char const* path : {"/dev/null", "/proc/self/exe", "/"}) {
        Descriptor const file(::open(path, O_RDONLY | O_CLOEXEC));
        WatchId const id = loop.watch(file.number(), Interest::nothing, *this, 7);
        CHECK(turned().empty());
        loop.change(id, Interest::reading);
        for (int i = 0; i < 3; ++i) {
            told.clear();
            loop.turn(); // and does not wait
            REQUIRE(told.size() == 1);
            CHECK(told[0].tag == 7);
            CHECK(told[0].what.to_read);
            CHECK_FALSE(told[0].what.to_write);
        }
        loop.change(id, Interest::nothing);
        CHECK(turned().empty());
        loop.change(id, Interest::both);
        CHECK(turned().size() == 1);
        loop.unwatch(id);
        CHECK(turned().empty());
    }
}

TEST_CASE_FIXTURE(WatchTest, "a watcher may end the watch of a file")
{
    Descriptor const null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Ends const ends;
    WatchId id = loop.watch(null.number(), Interest::reading, *this);
    then = [&](Tag) {
        loop.unwatch(id);
        id = watch(ends, Interest::reading); // in the same place, and no file
    };
    CHECK(turned().size() == 1);
    then = nullptr;
    CHECK(turned().empty());
    loop.unwatch(id);
}

TEST_CASE_FIXTURE(WatchTest, "another thread ends the wait of a turn")
{
    std::thread other([this] { loop.wake(); });
    loop.turn();
    other.join();
    std::array<std::thread, 4> others;
    for (std::thread& each : others)
        each = std::thread([this] { loop.wake(); });
    loop.turn();
    for (std::thread& each : others)
        each.join();
}

TEST_CASE_FIXTURE(WatchTest, "a wake-up before the turn is not lost")
{
    loop.wake();
    loop.turn();
    CHECK(told.empty());
}

TEST_CASE_FIXTURE(WatchTest, "timers ring in the order of their times, not before these")
{
    using namespace std::chrono_literals;
    MonotonicTime const began = loop.now();
    loop.start_timer(20ms, *this, 2);
    loop.start_timer(10ms, *this, 1);
    TimerId const stopped = loop.start_timer(15ms, *this, 3);
    loop.stop_timer(stopped);
    turn_until([&] { return rung.size() == 2; });
    CHECK(rung == std::vector<Tag> {1, 2});
    CHECK(loop.now() - began >= 20ms);
}

TEST_CASE_FIXTURE(WatchTest, "a timer without delay rings in the next turn")
{
    loop.start_timer(std::chrono::milliseconds(0), *this, 1);
    CHECK(rung.empty());
    loop.turn();
    CHECK(rung == std::vector<Tag> {1});
}

TEST_CASE_FIXTURE(WatchTest, "the clock stands still within a turn and never goes back")
{
    MonotonicTime const before = loop.now();
    loop.wake();
    loop.turn();
    MonotonicTime const after = loop.now();
    CHECK(after >= before);
    CHECK(loop.now() == after);
}

TEST_CASE_FIXTURE(WatchTest, "a loop gives back what it took")
{
    auto const before = open_descriptors();
    {
        auto const other = Loop::create();
        REQUIRE(other.has_value());
        CHECK(open_descriptors() > before);
    }
    CHECK(open_descriptors() == before);
}

TEST_SUITE_END();
