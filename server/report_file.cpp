#include "server/report_file.hpp"

#include "base/log.hpp"
#include "doors/json_words.hpp"
#include "doors/json_writer.hpp"
#include "net/descriptor.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <variant>

namespace duet {

namespace {

std::string line_of(Reported const& reported)
{
    auto const ms = [](Time time) {
        return static_cast<std::uint64_t>(time.time_since_epoch().count());
    };
    Entry const& entry = reported.entry;
    std::string line;
    JsonWriter(line, "report")
        .number("time", ms(reported.time))
        .text("by", reported.by)
        .text("from", reported.author)
        .number("seq", number(entry.seq))
        .number("said", ms(entry.time))
        .text("kind", word(entry.kind))
        .text("text", entry.body)
        .end();
    return line;
}

} // namespace

void ReportFile::keep(std::vector<Outcome>& outcomes) const
{
    for (Outcome& outcome : outcomes) {
        auto const* const reported = std::get_if<Reported>(&outcome);
        if (reported != nullptr and not append(*reported))
            outcome = Denied {reported->asker, Error::store_full};
    }
}

bool ReportFile::append(Reported const& reported) const
{
    Descriptor const file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
    std::string const line = line_of(reported);
    // One write: the line is whole, or (on a full disk) cut, and then the next begins behind it.
    bool const is_kept = file.is_open()
        and ::write(file.number(), line.data(), line.size()) == static_cast<ssize_t>(line.size())
        and ::fdatasync(file.number()) == 0;
    if (is_kept)
        log_info("somebody has reported an entry: see " + path_);
    else
        log_error("a report could not be kept in " + path_);
    return is_kept;
}

} // namespace duet
