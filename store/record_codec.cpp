#include "store/record_codec.hpp"

#include "base/check.hpp"

#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

namespace duet {

namespace {

// Kinds. They stand in files: never change one, never use one again.
template <typename Form>
constexpr std::uint8_t kind_of = 0;
template <>
constexpr std::uint8_t kind_of<Entry> = 1;
template <>
constexpr std::uint8_t kind_of<Refusal> = 2;
template <>
constexpr std::uint8_t kind_of<PersonAdded> = 3;
template <>
constexpr std::uint8_t kind_of<DeviceAdded> = 4;
template <>
constexpr std::uint8_t kind_of<DeviceRevoked> = 5;
template <>
constexpr std::uint8_t kind_of<Invitation> = 6;
template <>
constexpr std::uint8_t kind_of<ContactMade> = 7;
template <>
constexpr std::uint8_t kind_of<Mark> = 8;
template <>
constexpr std::uint8_t kind_of<PlainCursor> = 9;
template <>
constexpr std::uint8_t kind_of<PersonErased> = 10;
template <>
constexpr std::uint8_t kind_of<Gone> = 11;
template <>
constexpr std::uint8_t kind_of<EpochBegun> = 12;
template <>
constexpr std::uint8_t kind_of<SettingsChanged> = 13;
template <>
constexpr std::uint8_t kind_of<ContactAsked> = 14;
template <>
constexpr std::uint8_t kind_of<StanceTaken> = 15;
template <>
constexpr std::uint8_t kind_of<PersonAwaited> = 16;
template <>
constexpr std::uint8_t kind_of<TalkChanged> = 17;
template <>
constexpr std::uint8_t kind_of<PersonSuspended> = 18;
template <>
constexpr std::uint8_t kind_of<RecoverySet> = 19;
template <>
constexpr std::uint8_t kind_of<DeviceAnnounced> = 20;
template <>
constexpr std::uint8_t kind_of<InvitationEnded> = 21;

/// An invitation that is no link: it came later, and has one field more.
constexpr std::uint8_t invitation_with_way = 22;

/// Puts fields into bytes. It has the same verbs as Reader, so that one list of fields serves both.
class Writer {
public:
    explicit Writer(std::vector<std::byte>& bytes) : bytes_(bytes) { }

    template <typename Number>
    void number(Number value)
    {
        auto rest = static_cast<std::uint64_t>(value);
        while (rest >= 0x80) {
            byte(static_cast<std::uint8_t>(rest | 0x80));
            rest >>= 7;
        }
        byte(static_cast<std::uint8_t>(rest));
    }

    void time(Time value)
    {
        auto rest = static_cast<std::uint64_t>(value.time_since_epoch().count());
        for (int i = 0; i < 8; ++i, rest >>= 8)
            byte(static_cast<std::uint8_t>(rest));
    }

    template <std::size_t size>
    void bytes(std::array<std::byte, size> const& value)
    {
        bytes_.insert(bytes_.end(), value.begin(), value.end());
    }

    void text(std::string_view value)
    {
        number(value.size());
        Bytes const bytes = as_bytes(value);
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }

    void pair(Pair const& value)
    {
        check(value.low < value.high);
        number(value.low);
        number(value.high);
    }

    void which(Pair const& pair, PersonId value)
    {
        check(pair.has(value));
        byte(value == pair.high ? 1 : 0);
    }

    void kind(Kind value) { byte(static_cast<std::uint8_t>(value)); }

    void purpose(Invitation::For value) { byte(static_cast<std::uint8_t>(value)); }

    void way(Invitation::Way value)
    {
        if (value != Invitation::Way::link)
            byte(static_cast<std::uint8_t>(value));
    }

    void truth(bool value) { byte(value ? 1 : 0); }

    void error(Error value) { text(word(value)); }

    void identity(std::optional<Identity> const& value)
    {
        byte(value.has_value() ? 1 : 0);
        if (value.has_value())
            bytes(*value);
    }

private:
    void byte(std::uint8_t value) { bytes_.push_back(static_cast<std::byte>(value)); }

    std::vector<std::byte>& bytes_;
};

/// Takes fields from bytes. After the first that cannot be right all are empty, and `is_right` is
/// false for good.
class Reader {
public:
    Reader(std::uint8_t kind, Bytes rest) : rest_(rest), has_way_(kind == invitation_with_way) { }

    [[nodiscard]] bool is_right() const { return is_right_; }
    [[nodiscard]] bool is_at_end() const { return rest_.empty(); }

    template <typename Number>
    void number(Number& value)
    {
        value = static_cast<Number>(number());
    }

    void time(Time& value)
    {
        std::uint64_t number = 0;
        for (unsigned shift = 0; shift < 64; shift += 8)
            number |= std::uint64_t {byte()} << shift;
        value = Time(std::chrono::milliseconds(static_cast<std::int64_t>(number)));
    }

    template <std::size_t size>
    void bytes(std::array<std::byte, size>& value)
    {
        Bytes const taken = take(size);
        std::copy(taken.begin(), taken.end(), value.begin());
    }

    void text(std::string& value) { value = as_text(take(number())); }

    void pair(Pair& value)
    {
        number(value.low);
        number(value.high);
        expect(value.low < value.high);
    }

    void which(Pair const& pair, PersonId& value)
    {
        std::uint8_t const is_high = byte();
        expect(is_high <= 1);
        value = is_high == 0 ? pair.low : pair.high;
    }

    void kind(Kind& value) { value = static_cast<Kind>(byte()); }

    void purpose(Invitation::For& value)
    {
        std::uint8_t const number = byte();
        value = static_cast<Invitation::For>(number);
        expect(number >= static_cast<std::uint8_t>(Invitation::For::person));
        expect(number <= static_cast<std::uint8_t>(Invitation::For::plain_device));
    }

    void way(Invitation::Way& value)
    {
        if (not has_way_)
            return;
        std::uint8_t const number = byte();
        value = static_cast<Invitation::Way>(number);
        expect(number > static_cast<std::uint8_t>(Invitation::Way::link));
        expect(number <= static_cast<std::uint8_t>(Invitation::Way::operators));
    }

    void truth(bool& value)
    {
        std::uint8_t const number = byte();
        expect(number <= 1);
        value = number == 1;
    }

    void error(Error& value)
    {
        std::string name;
        text(name);
        auto const known = error_of(name);
        expect(known.has_value());
        value = known.value_or(Error {});
    }

    void identity(std::optional<Identity>& value)
    {
        std::uint8_t const has_one = byte();
        expect(has_one <= 1);
        if (has_one == 1)
            bytes(value.emplace());
    }

private:
    void expect(bool holds)
    {
        if (holds)
            return;
        is_right_ = false;
        rest_ = {};
    }

    /// So many bytes; none if there are not so many.
    Bytes take(std::uint64_t size)
    {
        expect(size <= rest_.size());
        if (not is_right_)
            return {};
        Bytes const taken = rest_.first(static_cast<std::size_t>(size));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

    std::uint8_t byte()
    {
        Bytes const taken = take(1);
        return taken.empty() ? std::uint8_t {0} : static_cast<std::uint8_t>(taken[0]);
    }

    std::uint64_t number()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            std::uint8_t const last = byte();
            std::uint64_t const bits = last & 0x7Fu;
            expect((bits << shift) >> shift == bits);
            value |= bits << shift;
            if (last < 0x80) {
                expect(last != 0 or shift == 0);
                return is_right_ ? value : 0;
            }
        }
        expect(false);
        return 0;
    }

    Bytes rest_;
    bool has_way_;
    bool is_right_ = true;
};

/// A record to write (const) or to fill.
template <typename Given, typename Form>
concept Of = std::same_as<std::remove_const_t<Given>, Form>;

// The fields of each kind, in their order, for whichever of the two comes.

void fields(auto& form, Of<Entry> auto& entry)
{
    form.pair(entry.pair);
    form.number(entry.seq);
    form.which(entry.pair, entry.author);
    form.number(entry.device);
    form.number(entry.n);
    form.number(entry.feed_low);
    form.number(entry.feed_high);
    form.time(entry.time);
    form.kind(entry.kind);
    form.bytes(entry.hash);
    form.text(entry.body);
}

void fields(auto& form, Of<Refusal> auto& refusal)
{
    form.number(refusal.device);
    form.number(refusal.n);
    form.error(refusal.error);
    form.bytes(refusal.hash);
    form.time(refusal.time);
}

void fields(auto& form, Of<PersonAdded> auto& added)
{
    form.number(added.person);
    form.text(added.handle);
    form.text(added.name);
    form.time(added.time);
}

void fields(auto& form, Of<PersonAwaited> auto& awaited)
{
    form.number(awaited.person);
    form.text(awaited.handle);
    form.time(awaited.time);
}

void fields(auto& form, Of<PersonSuspended> auto& suspended)
{
    form.number(suspended.person);
    form.truth(suspended.is_suspended);
    form.time(suspended.time);
}

void fields(auto& form, Of<RecoverySet> auto& set)
{
    form.number(set.person);
    form.bytes(set.phrase);
    form.time(set.time);
}

void fields(auto& form, Of<DeviceAnnounced> auto& announced)
{
    form.number(announced.device);
    form.number(announced.up_to);
    form.truth(announced.is_done);
}

void fields(auto& form, Of<DeviceAdded> auto& added)
{
    form.number(added.device);
    form.number(added.person);
    form.identity(added.identity);
    form.text(added.name);
    form.bytes(added.secret);
    form.time(added.time);
}

void fields(auto& form, Of<DeviceRevoked> auto& revoked)
{
    form.number(revoked.device);
    form.time(revoked.time);
}

void fields(auto& form, Of<Invitation> auto& invitation)
{
    form.bytes(invitation.secret);
    form.purpose(invitation.what);
    form.number(invitation.by);
    form.bytes(invitation.with);
    form.time(invitation.expires);
    form.time(invitation.time);
    form.way(invitation.way);
}

void fields(auto& form, Of<InvitationEnded> auto& ended)
{
    form.bytes(ended.secret);
    form.time(ended.time);
}

void fields(auto& form, Of<ContactMade> auto& contact)
{
    form.pair(contact.pair);
    form.time(contact.time);
}

void fields(auto& form, Of<ContactAsked> auto& asked)
{
    form.pair(asked.pair);
    form.which(asked.pair, asked.who);
    form.truth(asked.was_heard);
    form.time(asked.time);
}

void fields(auto& form, Of<StanceTaken> auto& taken)
{
    form.pair(taken.pair);
    form.which(taken.pair, taken.who);
    form.truth(taken.refuses);
    form.truth(taken.blocks);
    form.time(taken.time);
}

void fields(auto& form, Of<TalkChanged> auto& talk)
{
    form.number(talk.person);
    form.number(talk.other);
    form.truth(talk.choices.mute);
    form.truth(talk.choices.archive);
    form.truth(talk.choices.pin);
    form.text(talk.choices.name);
    form.number(talk.choices.deleted);
    form.number(talk.head);
}

void fields(auto& form, Of<Mark> auto& mark)
{
    form.pair(mark.pair);
    form.which(mark.pair, mark.who);
    form.number(mark.delivered);
    form.number(mark.read);
    form.number(mark.head_low);
    form.number(mark.head_high);
}

void fields(auto& form, Of<PlainCursor> auto& cursor)
{
    form.number(cursor.device);
    form.number(cursor.feed);
}

void fields(auto& form, Of<PersonErased> auto& erased)
{
    form.number(erased.person);
    form.time(erased.time);
}

void fields(auto& form, Of<Gone> auto& gone)
{
    form.pair(gone.pair);
    form.number(gone.first);
    form.number(gone.last);
    form.time(gone.time);
}

void fields(auto& form, Of<EpochBegun> auto& begun)
{
    form.bytes(begun.epoch);
    form.time(begun.time);
}

void fields(auto& form, Of<SettingsChanged> auto& changed)
{
    form.number(changed.person);
    form.text(changed.settings);
}

template <typename Form>
Result<Record, RecordFault> decode_fields(std::uint8_t kind, Bytes bytes)
{
    Reader reader(kind, bytes);
    Form record {};
    fields(reader, record);
    if (not reader.is_right() or not reader.is_at_end())
        return fail(RecordFault::damaged);
    return record;
}

/// Goes through the kinds of records until one has this byte.
template <std::size_t index = 0>
Result<Record, RecordFault> decode_kind(std::uint8_t kind, Bytes bytes)
{
    if constexpr (index == std::variant_size_v<Record>) {
        return fail(RecordFault::unknown_kind);
    } else {
        using Form = std::variant_alternative_t<index, Record>;
        static_assert(kind_of<Form> != 0);
        bool const is_it = kind == kind_of<Form>
            or (kind == invitation_with_way and std::is_same_v<Form, Invitation>);
        return is_it ? decode_fields<Form>(kind, bytes) : decode_kind<index + 1>(kind, bytes);
    }
}

} // namespace

std::uint8_t record_kind(Record const& record)
{
    auto const* const invitation = std::get_if<Invitation>(&record);
    if (invitation != nullptr and invitation->way != Invitation::Way::link)
        return invitation_with_way;
    return std::visit([]<typename Form>(Form const&) { return kind_of<Form>; }, record);
}

void encode_record(Record const& record, std::vector<std::byte>& payload)
{
    Writer writer(payload);
    std::visit([&](auto const& form) { fields(writer, form); }, record);
}

Result<Record, RecordFault> decode_record(std::uint8_t kind, Bytes payload)
{
    return decode_kind(kind, payload);
}

} // namespace duet
