// How long a server takes to serve again after it died, when its index had nothing of what the journal has:
// the worst that a start can meet.
//
//     bench_replay FOLDER [RECORDS]
//
// A store of entries is made in FOLDER, which must be empty, and left as a dead server leaves it; then it
// is opened. The index takes what was read afterwards, while the server serves: that is not in it.

#include "base/random.hpp"
#include "bench/measure.hpp"
#include "bench/wire.hpp"
#include "store/journal_store.hpp"
#include "store/posix_disk.hpp"
#include "store/sqlite_index.hpp"

#include <cstdlib>
#include <string>
#include <vector>

namespace duet::bench {

namespace {

constexpr std::size_t batch_records = 1000;
constexpr std::uint64_t people = 200;
constexpr std::size_t plenty = std::size_t {8} << 30;

/// One opened store without the threads that would bring its index up.
struct Opened {
    explicit Opened(std::string const& folder)
        : disk(PosixDisk::open_directory(folder + "/journal").value())
        , index(SqliteIndex::open(folder + "/index.db").value())
    {
        JournalStoreStart start {8000};
        start.unindexed_bytes_max = plenty;
        auto opened = JournalStore::open(*disk, *index, start);
        if (not opened.has_value())
            stop(opened.error().text().c_str());
        store = std::move(*opened);
    }

    std::unique_ptr<PosixDisk> disk;
    std::unique_ptr<SqliteIndex> index;
    std::unique_ptr<JournalStore> store;
};

/// People 1 and 2 talk, 3 and 4, and so on, in turns.
class Talk {
public:
    Record entry()
    {
        auto const low = PersonId {2 * (count_ % (people / 2)) + 1};
        std::uint64_t const nth = count_++ / (people / 2) + 1;
        return Entry {{low, next(low)}, Seq {nth}, low, DeviceId {number(low)}, N {nth}, Feed {nth},
            Feed {nth}, Time {}, Kind::text, BodyHash {}, std::string(text)};
    }

private:
    std::uint64_t count_ = 0;
};

void fill(JournalStore& store, std::size_t records)
{
    std::vector<Record> batch {EpochBegun {{std::byte {1}}, Time {}}};
    for (std::uint64_t id = 1; id <= people; ++id) {
        std::string const handle = "p" + std::to_string(id);
        batch.push_back(PersonAdded {PersonId {id}, handle, handle, Time {}});
        Identity identity {};
        fill_random(identity);
        batch.push_back(DeviceAdded {DeviceId {id}, PersonId {id}, identity, "bench", {}, Time {}});
        if (id % 2 == 0)
            batch.push_back(ContactMade {{PersonId {id - 1}, PersonId {id}}, Time {}});
    }
    Talk talk;
    for (std::size_t made = 0; made < records;) {
        while (batch.size() < batch_records and made < records) {
            batch.push_back(talk.entry());
            ++made;
        }
        if (not store.append(batch).has_value())
            stop("the store takes no more");
        batch.clear();
    }
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count < 2)
        stop("bench_replay FOLDER [RECORDS]");
    std::string const folder = values[1];
    std::size_t const records = count > 2 ? std::strtoul(values[2], nullptr, 10) : 1'000'000;
    {
        Opened const first(folder);
        fill(*first.store, records);
    }
    auto const began = Clock::now();
    Opened const again(folder);
    auto const took = Clock::now() - began;
    if (number(again.store->last_feed(duet::PersonId {1})) == 0)
        stop("nothing was read");
    tell("records", static_cast<double>(records));
    tell("took_ns", took);
}
