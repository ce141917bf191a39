// The laws: no bytes break the reader; it gives no record whose checksum is wrong, and no batch that is
// not whole; and whatever is done to the last batch, all earlier ones are read exactly.

#include "base/check.hpp"
#include "store/journal.hpp"
#include "store/journal_dump.hpp"
#include "store/simulated_disk.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace {

using namespace duet;

constexpr std::uint64_t salt = 0x6475'6574; // any
constexpr std::uint64_t segment_bytes = 8192;

/// The fuzzer's bytes, taken from the front; zeros when there are none left.
class Input {
public:
    explicit Input(Bytes bytes) : bytes_(bytes) { }

    [[nodiscard]] bool is_empty() const { return bytes_.empty(); }

    std::uint8_t byte()
    {
        Bytes const one = take(1);
        return one.empty() ? std::uint8_t {0} : std::to_integer<std::uint8_t>(one.front());
    }

    std::uint16_t two_bytes() { return static_cast<std::uint16_t>(byte() << 8 | byte()); }

    Bytes take(std::size_t count)
    {
        Bytes const taken = bytes_.first(std::min(count, bytes_.size()));
        bytes_ = bytes_.subspan(taken.size());
        return taken;
    }

private:
    Bytes bytes_;
};

/// What a journal was given or gave, each batch in one text.
using Batches = std::vector<std::string>;

std::string text_of(std::span<JournalRecord const> records)
{
    std::string text;
    for (JournalRecord const& record : records)
        text += std::to_string(record.kind) + ':' + hex(record) + ' ';
    return text;
}

/// Looks at the raw bytes of each record, by the letter of docs/journal.md and without the reader's help.
void check_raw(SimulatedDisk const& disk, JournalBatch const& batch)
{
    std::vector<std::byte> const& file = disk.contents(segment_name(batch.place.segment));
    std::uint64_t seed = 0;
    std::memcpy(&seed, file.data() + 16, sizeof seed);
    std::uint64_t offset = batch.place.offset;
    for (std::size_t i = 0; i < batch.records.size(); ++i) {
        std::size_t const length = (32 + batch.records[i].payload.size() + 7) / 8 * 8;
        check(offset + length <= file.size());
        std::uint64_t stored = 0;
        std::memcpy(&stored, file.data() + offset, sizeof stored);
        check(stored == ::XXH3_64bits_withSeed(file.data() + offset + 8, length - 8, seed));
        bool const is_last = file[offset + 13] == std::byte {1};
        check(is_last == (i + 1 == batch.records.size()));
        offset += length;
    }
    check(offset == batch.place.offset + batch.bytes);
}

/// Reads all; nullopt if that is an error.
std::optional<Batches> read(SimulatedDisk& disk)
{
    Batches batches;
    auto reader = JournalReader::open(disk, BatchNumber {0});
    if (not reader.has_value())
        return std::nullopt;
    auto const end = reader->read([&](JournalBatch const& batch) -> JournalResult<void> {
        check(number(batch.number) == batches.size() + 1);
        check_raw(disk, batch);
        batches.push_back(text_of(batch.records));
        return {};
    });
    if (not end.has_value())
        return std::nullopt;
    check(number(end->last) == batches.size());
    return batches;
}

/// Bytes as they are, or with the checksums that they would need: so that what is behind the checksums
/// is met, too.
void read_anything(Input input, bool is_sealed)
{
    SimulatedDisk disk(1);
    std::vector<std::byte> first;
    encode_header({SegmentNumber {1}, salt, BatchNumber {1}}, first);
    for (bool has_header : {true, false}) {
        std::vector<std::byte> file;
        if (has_header)
            file = first;
        Bytes const rest = input.take(has_header ? 2048 : 4096);
        file.insert(file.end(), rest.begin(), rest.end());
        for (std::size_t at = segment_header_bytes; is_sealed and at + 32 <= file.size();) {
            std::uint32_t length = 0;
            std::memcpy(&length, file.data() + at + 8, sizeof length);
            length %= 128;
            std::memcpy(file.data() + at + 8, &length, sizeof length);
            std::size_t const bytes = record_bytes(length);
            if (at + bytes > file.size())
                break;
            std::uint64_t const sum = ::XXH3_64bits_withSeed(file.data() + at + 8, bytes - 8, salt);
            std::memcpy(file.data() + at, &sum, sizeof sum);
            at += bytes;
        }
        disk.put(segment_name(SegmentNumber {has_header ? 1U : 2U}), file);
    }
    read(disk);
    check(dump_journal(disk, hex, [](std::string_view) { }).has_value());
}

/// A journal as it is written; then its last batch is changed, or it is cut off in it.
void damage_the_last(Input input)
{
    SimulatedDisk disk(1);
    Batches written;
    Place last {};
    {
        auto const nothing = [](JournalBatch const&) -> JournalResult<void> { return {}; };
        auto const journal =
            Journal::open(disk, {BatchNumber {0}, salt, segment_bytes}, nothing).value();
        do {
            std::vector<JournalRecord> records;
            for (unsigned count = 1 + input.byte() % 4U; count > 0; --count) {
                std::uint8_t const kind = input.byte();
                records.push_back({kind, input.take(input.byte())});
            }
            auto const batch = journal->append(records);
            check(batch.has_value());
            written.push_back(text_of(records));
        } while (input.byte() % 8 != 0 and written.size() < 64);
    }
    auto const names = disk.names().value();
    std::string const newest = *std::ranges::max_element(names);
    auto whole = read(disk);
    check(whole == written);

    auto reader = JournalReader::open(disk, BatchNumber {written.size() - 1});
    check(reader.has_value());
    check(reader
            ->read([&](JournalBatch const& batch) -> JournalResult<void> {
                last = batch.place;
                return {};
            })
            .has_value());

    std::vector<std::byte> file = disk.contents(newest);
    if (input.byte() % 4 == 0)
        file.resize(last.offset + input.two_bytes() % (file.size() - last.offset));
    while (not input.is_empty() and file.size() > last.offset)
        file[last.offset + input.two_bytes() % (file.size() - last.offset)] =
            std::byte {input.byte()};
    disk.put(newest, file);

    auto const left = read(disk);
    check(left.has_value());
    if (left != written) {
        written.pop_back();
        check(left == written);
    }
}

/// A journal of several starts, of which any bytes are changed: it gives what was written, up to some
/// batch, or it says that it is damaged.
void damage_anything(Input input)
{
    SimulatedDisk disk(1);
    Batches written;
    auto const collect = [](JournalBatch const&) -> JournalResult<void> { return {}; };
    for (std::uint64_t start = 0; start < 2; ++start) {
        auto const journal =
            Journal::open(disk, {BatchNumber {0}, salt + start, 512}, collect).value();
        for (unsigned count = input.byte() % 8U; count > 0; --count) {
            JournalRecord const record {input.byte(), input.take(input.byte())};
            check(journal->append({&record, 1}).has_value());
            written.push_back(text_of({&record, 1}));
        }
    }
    auto const names = disk.names().value();
    while (not input.is_empty()) {
        std::string const& name = names[input.byte() % names.size()];
        std::vector<std::byte> file = disk.contents(name);
        file[input.two_bytes() % file.size()] = std::byte {input.byte()};
        disk.put(name, file);
    }
    auto const left = read(disk);
    if (not left.has_value())
        return;
    check(left->size() <= written.size());
    check(std::equal(left->begin(), left->end(), written.begin()));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    Input input(std::as_bytes(std::span(data, size)));
    switch (input.byte() % 4) {
    case 0:
        read_anything(input, false);
        break;
    case 1:
        read_anything(input, true);
        break;
    case 2:
        damage_the_last(input);
        break;
    default:
        damage_anything(input);
    }
    return 0;
}
