#include "server/dump.hpp"

#include "server/exit_code.hpp"
#include "store/journal_dump.hpp"
#include "store/posix_disk.hpp"
#include "store/record_codec.hpp"
#include "store/record_words.hpp"

#include <sys/stat.h>

#include <cstdio>

namespace duet {

namespace {

std::string payload_in_words(JournalRecord const& record)
{
    auto const decoded = decode_record(record.kind, record.payload);
    return decoded.has_value() ? in_words(*decoded) : hex(record);
}

} // namespace

int dump(std::string const& data)
{
    std::string const path = data + "/journal";
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) { // to look makes nothing
        std::fprintf(stderr, "duetd: there is no journal in %s\n", data.c_str());
        return exit_code::failed;
    }
    auto const disk = PosixDisk::open_directory(path);
    if (not disk.has_value()) {
        std::fprintf(stderr, "duetd: %s\n", disk.error().text().c_str());
        return exit_code::failed;
    }
    auto const dumped = dump_journal(**disk, payload_in_words,
        [](std::string_view line) { std::printf("%s\n", std::string(line).c_str()); });
    if (not dumped.has_value())
        std::fprintf(stderr, "duetd: %s\n", dumped.error().text().c_str());
    return dumped.has_value() and std::fflush(stdout) == 0 ? exit_code::ok : exit_code::failed;
}

} // namespace duet
