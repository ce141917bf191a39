#include "server/landlock.hpp"

#include "net/descriptor.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace duet {

namespace {

// Newer than the system's own header may be.
constexpr std::uint64_t move_between_folders = 1u << 13; // from version 2 on
constexpr std::uint64_t truncate = 1u << 14;             // from 3 on
constexpr std::uint64_t control_devices = 1u << 15;      // from 5 on
constexpr std::uint64_t connect_by_tcp = 1u << 1;        // from 4 on
constexpr std::uint64_t signals = 1u << 1;               // from 6 on

constexpr std::uint64_t read_files = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t put_sockets = LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE;
constexpr std::uint64_t all_of_version_1 = (1u << 13) - 1;

/// What can be asked of a plain file; the rest is a folder's.
constexpr std::uint64_t of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE
    | LANDLOCK_ACCESS_FS_READ_FILE | truncate | control_devices;

/// linux/landlock.h, as it is from version 6 on.
struct Handled {
    std::uint64_t files;
    std::uint64_t net;
    std::uint64_t scoped;
};

/// An older kernel takes a longer struct if what it does not know is zero.
Handled handled_by(long version)
{
    Handled handled {all_of_version_1, 0, 0};
    handled.files |= version >= 2 ? move_between_folders : 0;
    handled.files |= version >= 3 ? truncate : 0;
    handled.files |= version >= 5 ? control_devices : 0;
    handled.net = version >= 4 ? connect_by_tcp : 0;
    handled.scoped = version >= 6 ? signals : 0;
    return handled;
}

std::string problem(std::string const& tried)
{
    return "cannot " + tried + ": " + std::strerror(errno);
}

Result<void, std::string> allow(int rules, std::string const& path, std::uint64_t access)
{
    Descriptor const place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    if (not place.is_open() or ::fstat(place.number(), &status) != 0)
        return fail(problem("look at " + path));
    landlock_path_beneath_attr rule {};
    rule.allowed_access = S_ISDIR(status.st_mode) ? access : access & of_files;
    rule.parent_fd = place.number();
    if (::syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        return fail(problem("allow " + path));
    return {};
}

std::string what_holds(long version, std::vector<std::string> const& to_write)
{
    std::string words = "files: none but those in";
    for (std::string const& path : to_write)
        words += ' ' + path;
    words += " can be written";
    if (version < 3)
        words += ", but others may be cut short";
    words += version >= 4 ? "; no calls out" : "";
    return words + " (Landlock " + std::to_string(version) + ")";
}

} // namespace

Result<std::string, std::string> hold_files(SandboxRules const& wanted)
{
    long const version =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return fail(problem("use Landlock"));
    Handled const handled = handled_by(version);
    Descriptor const rules(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
    if (not rules.is_open())
        return fail(problem("begin a set of rules"));
    // Everything but to execute what is there.
    std::uint64_t const write = handled.files & ~std::uint64_t {LANDLOCK_ACCESS_FS_EXECUTE};
    for (std::string const& path : wanted.to_write)
        TRY_VOID(allow(rules.number(), path, write));
    for (std::string const& path : wanted.to_read)
        TRY_VOID(allow(rules.number(), path, read_files));
    for (std::string const& path : wanted.to_put_sockets)
        TRY_VOID(allow(rules.number(), path, put_sockets));
    if (::syscall(SYS_landlock_restrict_self, rules.number(), 0) != 0)
        return fail(problem("hold to the rules"));
    return what_holds(version, wanted.to_write);
}

} // namespace duet
