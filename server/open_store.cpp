#include "server/open_store.hpp"

#include "base/log.hpp"
#include "base/random.hpp"
#include "server/ballast.hpp"

#include <chrono>
#include <span>
#include <utility>

namespace duet {

namespace {

/// A start that is quicker says nothing.
constexpr std::uint64_t records_between_words = 100'000;

template <typename Number>
Number random_number()
{
    Number number {};
    fill_random(std::as_writable_bytes(std::span(&number, 1)));
    return number;
}

/// A store that has no life yet begins one.
Result<void> begin_life(JournalStore& store)
{
    if (store.epoch() != Epoch {})
        return {};
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    Record const begun = EpochBegun {random_number<Epoch>(), now};
    return store.append({&begun, 1});
}

} // namespace

Result<OpenStore, std::string> OpenStore::open(
    std::string const& directory, Progress progress, std::uint64_t segment_bytes)
{
    auto opened = try_to_open(directory, progress, segment_bytes);
    Ballast const ballast(directory);
    if (not opened.has_value() and opened.error().is_full and ballast.is_there()) {
        log_error(
            "the disk is full: the ballast was given up, so that there is a start; make room");
        ballast.release();
        opened = try_to_open(directory, progress, segment_bytes);
    }
    if (not opened.has_value())
        return fail(opened.error().words);
    return std::move(*opened);
}

Result<OpenStore, OpenStore::Fault> OpenStore::try_to_open(
    std::string const& directory, Progress const& progress, std::uint64_t segment_bytes)
{
    OpenStore opened;
    auto disk = PosixDisk::open_directory(directory + "/journal");
    if (not disk.has_value())
        return fail(Fault {disk.error().is_full(), disk.error().text()});
    opened.disk_ = std::move(*disk);

    auto index = SqliteIndex::open(directory + "/index.db");
    if (not index.has_value())
        return fail(Fault {index.error().is_full, directory + "/index.db: " + index.error().words});
    opened.index_ = std::move(*index);

    std::uint64_t told = 0;
    JournalStoreStart start {random_number<std::uint64_t>()};
    start.segment_bytes = segment_bytes;
    start.progress = [&](std::uint64_t records) {
        if (records < told + records_between_words)
            return;
        told = records;
        progress("reading the journal: " + std::to_string(records) + " records so far");
    };
    auto store = JournalStore::open(*opened.disk_, *opened.index_, start);
    if (not store.has_value())
        return fail(
            Fault {store.error().kind == JournalError::Kind::store_full, store.error().text()});
    opened.store_ = std::move(*store);
    if (not begin_life(*opened.store_).has_value())
        return fail(Fault {true, directory + ": there is no space to begin a store"});
    opened.keeper_ = std::make_unique<StoreKeeper>(*opened.store_);
    return opened;
}

} // namespace duet
