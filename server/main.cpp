// The program `duetd`.

#include "server/admin_call.hpp"
#include "server/backup_call.hpp"
#include "server/check.hpp"
#include "server/command_line.hpp"
#include "server/dump.hpp"
#include "server/exit_code.hpp"
#include "server/restore.hpp"
#include "server/server.hpp"

#include <csignal>
#include <cstdio>

namespace {

int say(duet::LastWord const& answer)
{
    std::FILE* const stream = answer.exit_code == duet::exit_code::ok ? stdout : stderr;
    std::fputs(answer.text.c_str(), stream);
    return std::fflush(stream) == 0 ? answer.exit_code : duet::exit_code::failed;
}

} // namespace

int main(int count, char** values)
{
    std::signal(SIGPIPE, SIG_IGN); // a peer that has left is an error of send, not the end of us
    auto const order = duet::parse_order(count, values);
    if (auto const* const answer = std::get_if<duet::LastWord>(&order))
        return say(*answer);
    if (auto const* const ask = std::get_if<duet::Ask>(&order))
        return duet::ask_the_server(ask->data, ask->line);
    if (auto const* const check = std::get_if<duet::CheckStore>(&order)) {
        auto const server = duet::call_the_server(check->data);
        return server.has_value() ? duet::ask_the_server(*server, "check")
                                  : duet::check_alone(check->data);
    }
    if (auto const* const backup = std::get_if<duet::FetchBackup>(&order))
        return duet::fetch_backup(backup->data, backup->path, backup->force);
    if (auto const* const restore = std::get_if<duet::Restore>(&order))
        return duet::restore(restore->path, restore->data);
    if (auto const* const dump = std::get_if<duet::DumpJournal>(&order))
        return duet::dump(dump->data);
    return duet::serve(std::get<duet::Serve>(order).configuration);
}
