#include "terminal/profile.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace duet {

namespace {

constexpr std::size_t name_bytes_max = 32;

/// An absolute path in the environment; relative ones are to be ignored (XDG Base Directory).
std::string folder_named(char const* variable)
{
    char const* const value = std::getenv(variable);
    return value != nullptr and * value == '/' ? value : "";
}

std::string home()
{
    std::string const named = folder_named("HOME");
    if (not named.empty())
        return named;
    passwd const* const entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "/" : entry->pw_dir;
}

std::string data_folder()
{
    std::string const named = folder_named("XDG_DATA_HOME");
    return (named.empty() ? home() + "/.local/share" : named) + "/duet";
}

/// Opens a folder that is this user's and nobody else's, and makes it if it is not there.
Descriptor open_own_folder(std::string const& path)
{
    if (::mkdir(path.c_str(), 0700) != 0 and errno != EEXIST)
        return Descriptor();
    Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat status {};
    if (not folder.is_open() or ::fstat(folder.number(), &status) != 0)
        return Descriptor();
    bool const is_ours_alone = status.st_uid == ::geteuid() and (status.st_mode & 077) == 0;
    return is_ours_alone ? std::move(folder) : Descriptor();
}

/// Not the name alone: another data folder may have a profile of the same name.
std::string socket_name(Profile const& profile, struct stat const& directory)
{
    return profile.name() + '-' + std::to_string(directory.st_dev) + '-'
        + std::to_string(directory.st_ino);
}

} // namespace

bool Profile::is_name(std::string_view text)
{
    auto const is_letter_or_digit = [](char each) {
        return (each >= 'a' and each <= 'z') or (each >= 'A' and each <= 'Z')
            or (each >= '0' and each <= '9');
    };
    return not text.empty() and text.size() <= name_bytes_max and is_letter_or_digit(text.front())
        and std::ranges::all_of(text, [&](char each) {
                return is_letter_or_digit(each) or each == '.' or each == '_' or each == '-';
            });
}

Profile::Profile(std::string name) : name_(std::move(name)), directory_(data_folder() + '/' + name_)
{
}

bool Profile::exists() const
{
    return ::access(directory_.c_str(), F_OK) == 0;
}

int Profile::make_parents() const
{
    std::size_t end = 0;
    while ((end = directory_.find('/', end + 1)) != std::string::npos) {
        if (::mkdir(directory_.substr(0, end).c_str(), 0700) != 0 and errno != EEXIST)
            return errno;
    }
    return 0;
}

std::vector<MeetingPlace> meeting_places_of(Profile const& profile)
{
    struct stat directory {};
    if (::stat(profile.directory().c_str(), &directory) != 0)
        return {};
    std::vector<std::string> paths {profile.directory() + "/run"};
    if (std::string const runtime = folder_named("XDG_RUNTIME_DIR"); not runtime.empty())
        paths.insert(paths.begin(), runtime + "/duet");
    std::vector<MeetingPlace> places;
    for (std::string const& path : paths) {
        Descriptor folder = open_own_folder(path);
        if (not folder.is_open())
            continue;
        Endpoint endpoint;
        endpoint.path = "/proc/self/fd/" + std::to_string(folder.number()) + '/'
            + socket_name(profile, directory);
        places.push_back({std::move(folder), std::move(endpoint)});
    }
    return places;
}

} // namespace duet
