// A journal of which something was lost behind its back: what that is called, and where it is said to be.

#include "store/journal_fixture.hpp"
#include "store/simulated_disk.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <map>

using namespace duet;

namespace {

constexpr std::uint64_t segment_bytes = 512;
constexpr std::uint64_t record_length = 72; // with 33 to 40 bytes of payload
constexpr std::uint64_t batch_length = 2 * record_length;
constexpr std::uint64_t batches_end = segment_header_bytes + 3 * batch_length; // and 16 zeros

using Kind = JournalError::Kind;

/// Eleven batches of two records in five segments: the start's own, empty; three that are full, and one
/// with two batches.
class JournalDamageTest {
public:
    JournalDamageTest()
    {
        SimulatedDisk disk(1);
        auto journal =
            Journal::open(disk, {BatchNumber {0}, 99, segment_bytes}, Collected().visitor())
                .value();
        for (char letter = 'a'; letter <= 'k'; ++letter) {
            batches.push_back({std::string(40, letter), std::string(35, letter)});
            REQUIRE(journal->append(records_of(batches.back())).has_value());
        }
        auto const names = disk.names().value();
        for (std::string const& name : names)
            files[name] = disk.contents(name);
        REQUIRE(files.size() == 5);
    }

    /// What a start makes of the files as they are now.
    JournalResult<void> start(std::uint64_t indexed = 0)
    {
        SimulatedDisk disk(1);
        for (auto const& [name, contents] : files)
            disk.put(name, contents);
        read = {};
        auto const opened =
            Journal::open(disk, {BatchNumber {indexed}, 7, segment_bytes}, read.visitor());
        if (opened.has_value()) {
            torn = (*opened)->found().torn;
            return {};
        }
        bool is_unchanged = disk.names().value().size() == files.size();
        for (auto const& [name, contents] : files)
            is_unchanged = is_unchanged and disk.contents(name) == contents;
        CHECK(is_unchanged);
        return fail(opened.error());
    }

    [[nodiscard]] std::vector<Texts> first(std::size_t count) const
    {
        return {batches.begin(), batches.begin() + static_cast<std::ptrdiff_t>(count)};
    }

    std::vector<std::byte>& segment(std::uint32_t number)
    {
        return files.at(segment_name(SegmentNumber {number}));
    }

    void change(std::uint32_t number, std::uint64_t offset)
    {
        segment(number)[offset] ^= std::byte {0x10};
    }

    std::vector<Texts> batches;
    std::map<std::string, std::vector<std::byte>> files;
    Collected read;
    std::optional<Place> torn;
};

/// Makes a changed header one that was written so.
void seal(std::vector<std::byte>& segment)
{
    std::uint64_t const checksum = ::XXH3_64bits(segment.data(), 56);
    std::memcpy(segment.data() + 56, &checksum, sizeof checksum);
}

} // namespace

TEST_SUITE_BEGIN("journal_damage");

TEST_CASE_FIXTURE(
    JournalDamageTest, "a byte changed before the last batch is damage, and its record is named")
{
    for (std::uint32_t number = 2; number <= 5; ++number)
        for (std::uint64_t offset = 0; offset < batches_end - (number == 5 ? 2 * batch_length : 0);
            ++offset) {
            INFO("segment ", number, ", offset ", offset);
            change(number, offset);
            auto const started = start();
            change(number, offset);
            REQUIRE_FALSE(started.has_value());
            CHECK(started.error().kind == Kind::damaged);
            CHECK(started.error().path == "simulated/" + segment_name(SegmentNumber {number}));
            std::uint64_t const header = segment_header_bytes;
            CHECK(started.error().offset
                == (offset < header ? 0 : offset - (offset - header) % record_length));
        }
    CHECK(start().has_value());
}

TEST_CASE_FIXTURE(
    JournalDamageTest, "a byte changed in the last batch is a torn tail: all others are read")
{
    std::uint64_t const last = segment_header_bytes + batch_length;
    for (std::uint64_t offset = last; offset < last + batch_length; ++offset) {
        INFO("offset ", offset);
        change(5, offset);
        REQUIRE(start().has_value());
        CHECK(read.batches == first(10));
        CHECK(torn == Place {SegmentNumber {5}, last});
        change(5, offset);
    }
}

TEST_CASE_FIXTURE(
    JournalDamageTest, "a tail cut off at any byte takes the batches that it cut, and no others")
{
    std::vector<std::byte> const whole = segment(5);
    for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
        INFO("bytes ", bytes);
        segment(5).resize(bytes);
        REQUIRE(start().has_value());
        std::size_t const left = bytes < segment_header_bytes
            ? 0
            : std::min<std::size_t>(2, (bytes - segment_header_bytes) / batch_length);
        CHECK(read.batches == first(9 + left));
        segment(5) = whole;
    }
}

TEST_CASE_FIXTURE(JournalDamageTest, "a batch that is known to have been there is missed")
{
    change(5, segment_header_bytes + batch_length);
    REQUIRE(start(10).has_value());
    auto const started = start(11);
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().text()
        == "simulated/segment-0000000005 at 208: the journal ends with batch 10, but batch 11 was "
           "in it");
}

TEST_CASE_FIXTURE(
    JournalDamageTest, "zeros and bytes behind the last batch of a segment are nothing")
{
    change(3, batches_end);
    REQUIRE(start().has_value());
    CHECK(read.batches == batches);
    CHECK_FALSE(torn.has_value());

    std::ranges::fill(segment(5).begin() + segment_header_bytes + 2 * batch_length,
        segment(5).end(), std::byte {0xFF});
    REQUIRE(start().has_value());
    CHECK(read.batches == batches);
    CHECK(torn == Place {SegmentNumber {5}, segment_header_bytes + 2 * batch_length});
}

TEST_CASE_FIXTURE(JournalDamageTest, "a segment that is missing, empty, or another one is damage")
{
    auto const whole = files;
    auto const says = [&](std::string_view words) {
        auto const started = start();
        REQUIRE_FALSE(started.has_value());
        CHECK(started.error().kind == Kind::damaged);
        CHECK(started.error().text() == words);
        files = whole;
    };

    files.erase(segment_name(SegmentNumber {3}));
    says("simulated/segment-0000000003: batch 4 is damaged: it is not whole, and a later one was "
         "written, at 0 of segment-0000000004");
    segment(3).clear();
    says("simulated/segment-0000000003: batch 4 is damaged: it is not whole, and a later one was "
         "written, at 0 of segment-0000000004");
    std::ranges::fill(segment(4), std::byte {});
    says("simulated/segment-0000000004: batch 7 is damaged: it is not whole, and a later one was "
         "written, at 0 of segment-0000000005");
    segment(4) = segment(3); // another number in its header, other places in its records
    says("simulated/segment-0000000004: batch 7 is damaged: it is not whole, and a later one was "
         "written, at 0 of segment-0000000005");
    segment(5)[16] ^= std::byte {1}; // the salt of another start
    seal(segment(5));
    says("simulated/segment-0000000005: batch 10 is damaged: it is not whole, and a later one was "
         "written, at 0 of segment-0000000005");
}

TEST_CASE_FIXTURE(JournalDamageTest, "a record moved to another place is none")
{
    auto& bytes = segment(5);
    auto const second = bytes.begin() + segment_header_bytes + batch_length;
    std::copy(second, second + batch_length, second + batch_length);
    std::fill(second, second + batch_length, std::byte {});
    REQUIRE(start().has_value());
    CHECK(read.batches == first(10));
}

TEST_CASE_FIXTURE(
    JournalDamageTest, "a batch that has not the next number is none, nor one with two numbers")
{
    auto& bytes = segment(5);
    bytes.resize(segment_header_bytes + batch_length);
    std::string const text(40, 'l');
    JournalRecord const record {1, as_bytes(text)};
    std::vector<std::byte> const before = bytes;

    encode_batch({SegmentNumber {5}, bytes.size()}, 99, BatchNumber {10}, {&record, 1}, bytes);
    REQUIRE(start().has_value());
    CHECK(read.batches == first(10));

    bytes = before;
    std::vector<JournalRecord> const two(2, record);
    encode_batch({SegmentNumber {5}, bytes.size()}, 99, BatchNumber {11}, two, bytes);
    bytes.resize(bytes.size() - record_length);
    encode_batch({SegmentNumber {5}, bytes.size()}, 99, BatchNumber {10}, {&record, 1}, bytes);
    REQUIRE(start().has_value());
    CHECK(read.batches == first(10));

    bytes = before;
    encode_batch({SegmentNumber {5}, bytes.size()}, 99, BatchNumber {12}, {&record, 1}, bytes);
    auto const started = start();
    REQUIRE_FALSE(started.has_value());
    CHECK(started.error().text()
        == "simulated/segment-0000000005 at 208: batch 11 is damaged: it is not whole, and a later "
           "one "
           "was written, at 208 of segment-0000000005");
}

TEST_CASE_FIXTURE(JournalDamageTest, "segments that are indexed are not looked at")
{
    change(1, 0);
    change(2, 100);
    change(3, 0);
    REQUIRE(start(6).has_value());
    CHECK(read.batches == std::vector<Texts>(batches.begin() + 6, batches.end()));
}

TEST_CASE_FIXTURE(JournalDamageTest, "a journal of a newer version is refused, and left as it is")
{
    for (std::uint32_t number = 2; number <= 5; ++number) {
        segment(number)[8] = std::byte {2};
        seal(segment(number));
        auto const started = start();
        REQUIRE_FALSE(started.has_value());
        CHECK(started.error().kind == Kind::newer_format);
        CHECK(started.error().text()
            == "simulated/" + segment_name(SegmentNumber {number})
                + ": a newer version of duet has written it (this one knows format 1)");
        segment(number)[8] = std::byte {1};
        seal(segment(number));
    }
}

TEST_SUITE_END();
