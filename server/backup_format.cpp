#include "server/backup_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string_view>

namespace duet {

namespace {

constexpr std::string_view first_line = "duet backup 1";
constexpr std::string_view any_first_line = "duet backup ";
constexpr std::string_view magic = "duetback";
constexpr std::size_t footer_bytes = 32;
constexpr std::uint64_t table_bytes_max = 1024 * 1024;
constexpr std::size_t block_bytes = 1024 * 1024;

template <typename Value>
Result<Value, std::string> in_words(DiskResult<Value> result)
{
    if (not result.has_value())
        return fail(result.error().text());
    if constexpr (std::is_void_v<Value>)
        return {};
    else
        return std::move(*result);
}

/// Reads exactly so much.
Result<void, std::string> read_all(File& file, std::uint64_t offset, std::span<std::byte> room)
{
    auto const got = TRY(in_words(file.read(offset, room)));
    if (got != room.size())
        return fail(std::string("it ends before its end"));
    return {};
}

std::uint64_t little_endian(Bytes bytes)
{
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;)
        value = value << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    return value;
}

std::string_view take_line(std::string_view& rest)
{
    auto const end = std::min(rest.find('\n'), rest.size());
    std::string_view const line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

/// "NAME LENGTH SUM"; offset is the caller's to fill in.
Result<BackupPart, std::string> parse_part(std::string_view line)
{
    auto const first = line.find(' ');
    auto const second = line.rfind(' ');
    BackupPart part {};
    if (first != std::string_view::npos and first < second) {
        std::string_view const length = line.substr(first + 1, second - first - 1);
        auto const [end, error] =
            std::from_chars(length.data(), length.data() + length.size(), part.bytes);
        part.name = line.substr(0, first);
        part.sum = line.substr(second + 1);
        if (error == std::errc() and end == length.data() + length.size())
            return part;
    }
    return fail(std::string("its table cannot be read"));
}

Result<std::vector<BackupPart>, std::string> parse_table(
    std::string_view table, std::uint64_t bytes)
{
    std::string_view const head = take_line(table);
    if (head != first_line)
        return fail(std::string(head.starts_with(any_first_line) ? "a newer duet has written it"
                                                                 : "its table cannot be read"));
    std::vector<BackupPart> parts;
    std::uint64_t offset = 0;
    while (not table.empty()) {
        auto part = TRY(parse_part(take_line(table)));
        if (part.bytes > bytes - offset)
            return fail(std::string("its table speaks of more than there is"));
        part.offset = offset;
        offset += part.bytes;
        parts.push_back(std::move(part));
    }
    if (offset != bytes)
        return fail(std::string("it has bytes of which its table knows nothing"));
    return parts;
}

} // namespace

// Writing

Result<void, std::string> BackupWriter::adopt(std::string name)
{
    begin(std::move(name));
    std::vector<std::byte> room(block_bytes);
    while (true) {
        auto const got = TRY(in_words(file_.read(end_, room)));
        if (got == 0)
            return {};
        sum_->add(Bytes(room).first(got));
        end_ += got;
    }
}

void BackupWriter::begin(std::string name)
{
    end_part();
    parts_.push_back({std::move(name), end_, 0, ""});
    sum_ = std::make_unique<Checksum>();
}

Result<void, std::string> BackupWriter::write(Bytes bytes)
{
    TRY_VOID(in_words(file_.write(end_, bytes)));
    sum_->add(bytes);
    end_ += bytes.size();
    return {};
}

Result<void, std::string> BackupWriter::finish()
{
    end_part();
    std::string table = std::string(first_line) + '\n';
    for (BackupPart const& part : parts_)
        table += fmt::format("{} {} {}\n", part.name, part.bytes, part.sum);
    std::uint64_t const length = table.size();
    for (unsigned i = 0; i < 8; ++i)
        table += static_cast<char>(length >> 8 * i & 0xFF);
    table.append(footer_bytes - sizeof length - magic.size(), '\0');
    table += magic;
    return in_words(file_.write(end_, as_bytes(table)));
}

void BackupWriter::end_part()
{
    if (parts_.empty())
        return;
    parts_.back().bytes = end_ - parts_.back().offset;
    parts_.back().sum = sum_->digits();
}

// Reading

Result<std::vector<BackupPart>, std::string> parts_of_backup(File& file)
{
    std::uint64_t const bytes = TRY(in_words(file.size()));
    std::array<std::byte, footer_bytes> footer {};
    if (bytes < footer_bytes)
        return fail(std::string("this is no backup of duet's"));
    TRY_VOID(read_all(file, bytes - footer_bytes, footer));
    if (as_text(Bytes(footer).last(magic.size())) != magic)
        return fail(std::string("this is no backup of duet's, or not all of one"));
    std::uint64_t const length = little_endian(footer);
    if (length > table_bytes_max or length > bytes - footer_bytes)
        return fail(std::string("its table cannot be read"));
    std::vector<std::byte> table(length);
    TRY_VOID(read_all(file, bytes - footer_bytes - length, table));
    return parse_table(as_text(table), bytes - footer_bytes - length);
}

Result<void, std::string> read_part(File& file, BackupPart const& part,
    std::function<Result<void, std::string>(Bytes bytes)> const& take)
{
    Checksum sum;
    std::vector<std::byte> room(block_bytes);
    for (std::uint64_t done = 0; done < part.bytes;) {
        auto const block =
            std::span(room).first(std::min<std::uint64_t>(room.size(), part.bytes - done));
        TRY_VOID(read_all(file, part.offset + done, block));
        sum.add(block);
        TRY_VOID(take(block));
        done += block.size();
    }
    if (sum.digits() != part.sum)
        return fail(part.name + " is not what it was: its checksum is another");
    return {};
}

} // namespace duet
