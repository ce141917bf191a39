#include "store/record_codec.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace duet;

namespace {

constexpr auto greatest = std::numeric_limits<std::uint64_t>::max();
constexpr Pair ada_and_bob {PersonId {1}, PersonId {300}};
constexpr Time earliest {std::chrono::milliseconds::min()};
constexpr Time noon {std::chrono::milliseconds(1'700'000'000'123)};

template <std::size_t size>
std::array<std::byte, size> bytes_from(unsigned first)
{
    std::array<std::byte, size> bytes;
    for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(first++);
    return bytes;
}

std::vector<Record> one_of_each()
{
    auto const hash = bytes_from<16>(0xF8);
    auto const secret = bytes_from<32>(1);
    auto const identity = bytes_from<32>(100);
    return {
        Entry {ada_and_bob, Seq {1}, PersonId {300}, DeviceId {7}, N {127}, Feed {128},
            Feed {16384}, noon, Kind::text, hash, "are you there?"},
        Entry {ada_and_bob, Seq {greatest}, PersonId {1}, DeviceId {}, N {}, Feed {greatest},
            Feed {greatest - 1}, earliest, static_cast<Kind>(200), hash, ""},
        Refusal {DeviceId {7}, N {2}, Error::not_connected, hash, noon},
        PersonAdded {PersonId {1}, "ada", "Ada 👩‍👩‍👧", noon},
        DeviceAdded {DeviceId {7}, PersonId {1}, identity, "telephone", secret, noon},
        DeviceAdded {DeviceId {8}, PersonId {1}, std::nullopt, "", secret, noon},
        DeviceRevoked {DeviceId {7}, noon},
        Invitation {
            secret, Invitation::For::plain_device, PersonId {1}, SecretHash {}, noon, earliest},
        ContactMade {ada_and_bob, noon},
        Mark {ada_and_bob, PersonId {1}, Seq {3}, Seq {2}, Feed {9}, Feed {greatest}},
        PlainCursor {DeviceId {8}, Feed {41}},
        PersonErased {PersonId {1}, noon},
        Gone {ada_and_bob, Seq {1}, Seq {100}, noon},
        EpochBegun {bytes_from<16>(7), noon},
        SettingsChanged {PersonId {1}, std::string("\0\xFF", 2)},
        ContactAsked {ada_and_bob, PersonId {300}, true, noon},
        StanceTaken {ada_and_bob, PersonId {1}, false, true, noon},
        PersonAwaited {PersonId {7}, "dora", noon},
        TalkChanged {
            PersonId {1}, PersonId {300}, {true, false, true, "Bobby", Seq {200}}, Feed {41}},
        PersonSuspended {PersonId {1}, true, noon},
        RecoverySet {PersonId {1}, secret, noon},
        DeviceAnnounced {DeviceId {7}, PersonId {300}, true},
        InvitationEnded {secret, noon},
        Invitation {secret, Invitation::For::device, PersonId {1}, SecretHash {}, noon, earliest,
            Invitation::Way::operators},
    };
}

std::vector<std::byte> encoded(Record const& record)
{
    std::vector<std::byte> payload;
    encode_record(record, payload);
    return payload;
}

std::vector<std::byte> bytes(std::initializer_list<int> values)
{
    std::vector<std::byte> bytes;
    for (int const value : values)
        bytes.push_back(static_cast<std::byte>(value));
    return bytes;
}

} // namespace

TEST_SUITE_BEGIN("record_codec");

TEST_CASE("every record comes back as it was")
{
    for (Record const& record : one_of_each()) {
        auto const back = decode_record(record_kind(record), encoded(record));
        REQUIRE(back.has_value());
        CHECK(*back == record);
    }
}

TEST_CASE("a record is put behind what is there already")
{
    auto payload = bytes({1, 2, 3});
    encode_record(PlainCursor {DeviceId {300}, Feed {5}}, payload);
    CHECK(payload == bytes({1, 2, 3, 0xAC, 0x02, 5}));
}

TEST_CASE("a mark's bytes are those of the page")
{
    Record const mark = Mark {ada_and_bob, PersonId {300}, Seq {3}, Seq {2}, Feed {128}, Feed {0}};
    CHECK(record_kind(mark) == 8);
    CHECK(encoded(mark) == bytes({1, 0xAC, 0x02, 1, 3, 2, 0x80, 0x01, 0}));
}

TEST_CASE("a record cut at any byte, or followed by one, is damaged")
{
    for (Record const& record : one_of_each()) {
        auto const kind = record_kind(record);
        auto payload = encoded(record);
        for (std::size_t size = 0; size < payload.size(); ++size)
            CHECK(
                decode_record(kind, std::span(payload).first(size)) == fail(RecordFault::damaged));
        payload.push_back(std::byte {0});
        CHECK(decode_record(kind, payload) == fail(RecordFault::damaged));
    }
}

TEST_CASE("a kind that is not known is told apart from damage")
{
    CHECK(decode_record(23, bytes({0})) == fail(RecordFault::unknown_kind));
    CHECK(decode_record(0, {}) == fail(RecordFault::unknown_kind));
    CHECK(decode_record(255, {}) == fail(RecordFault::unknown_kind));
}

TEST_CASE("what has another form is damaged")
{
    auto const damaged = fail(RecordFault::damaged);
    CHECK(decode_record(9, bytes({0x80, 0x00, 5})) == damaged); // a number longer than need be
    CHECK(decode_record(9, bytes({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02, 5}))
        == damaged); // of 65 bits
    CHECK(decode_record(
              9, bytes({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x81, 0x00, 5}))
        == damaged);                                                  // of 11 bytes
    CHECK(decode_record(8, bytes({2, 2, 0, 0, 0, 0, 0})) == damaged); // a pair of one
    CHECK(decode_record(8, bytes({3, 2, 0, 0, 0, 0, 0})) == damaged); // a pair the wrong way round
    CHECK(decode_record(8, bytes({1, 2, 2, 0, 0, 0, 0})) == damaged); // neither of the two
    CHECK(decode_record(13, bytes({1, 0xFF, 0x01, 'a'})) == damaged); // a text beyond the end

    auto refusal = encoded(Refusal {DeviceId {7}, N {2}, Error::over_quota, BodyHash {}, noon});
    refusal[3] = std::byte {'O'};
    CHECK(decode_record(2, refusal) == damaged);
    auto invitation = encoded(Invitation {
        SecretHash {}, Invitation::For::person, PersonId {1}, SecretHash {}, noon, noon});
    for (int const wrong : {0, 4}) {
        invitation[32] = static_cast<std::byte>(wrong);
        CHECK(decode_record(6, invitation) == damaged);
    }
    auto with_way = encoded(Invitation {SecretHash {}, Invitation::For::person, PersonId {1},
        SecretHash {}, noon, noon, Invitation::Way::code});
    for (int const wrong : {0, 1, 4}) { // a link has the older form, and no other
        with_way.back() = static_cast<std::byte>(wrong);
        CHECK(decode_record(22, with_way) == damaged);
    }
    auto device =
        encoded(DeviceAdded {DeviceId {7}, PersonId {1}, std::nullopt, "", SecretHash {}, noon});
    device[2] = std::byte {2};
    CHECK(decode_record(4, device) == damaged);
}

TEST_SUITE_END();
