#include "console/words.hpp"

#include <langinfo.h>
#include <libintl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <clocale>
#include <cstdlib>

namespace duet {

namespace {

constexpr char const* domain = "duet";

bool charset_is_utf8()
{
    return std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
}

/// What the user asked for, in the order in which setlocale looks.
char const* wanted_locale()
{
    for (char const* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        char const* const value = std::getenv(variable);
        if (value != nullptr and *value != '\0')
            return value;
    }
    return "C";
}

/// Beside the program if it runs where it was built or lies anywhere as one folder; else where it
/// was meant to be installed.
std::string translations_folder()
{
    std::array<char, 4096> path {};
    ssize_t const bytes = ::readlink("/proc/self/exe", path.data(), path.size());
    if (bytes > 0) {
        std::string_view const program(path.data(), static_cast<std::size_t>(bytes));
        std::string const beside =
            std::string(program.substr(0, program.rfind('/'))) + "/../share/locale";
        struct stat status {};
        if (::stat(beside.c_str(), &status) == 0)
            return beside;
    }
    return DUET_LOCALE_DIRECTORY;
}

} // namespace

void set_up_words()
{
    if (std::setlocale(LC_ALL, "") == nullptr or not charset_is_utf8()) {
        // LANGUAGE counts in every locale but "C" itself, so this one speaks all languages.
        std::setlocale(LC_ALL, "C.UTF-8");
        char const* const wanted = std::getenv("LANGUAGE");
        if (wanted == nullptr or *wanted == '\0')
            ::setenv("LANGUAGE", wanted_locale(), 1);
    }
    std::setlocale(LC_NUMERIC, "C");
    ::bindtextdomain(domain, translations_folder().c_str());
    ::bind_textdomain_codeset(domain, "UTF-8");
    ::textdomain(domain);
}

std::string tr(char const* english)
{
    return ::gettext(english);
}

std::string fill(std::string_view pattern, std::initializer_list<std::string_view> values)
{
    std::string filled;
    while (not pattern.empty()) {
        bool const is_place = pattern.size() >= 3 and pattern[0] == '{' and pattern[2] == '}'
            and pattern[1] >= '0' and pattern[1] <= '9';
        std::size_t const index = is_place ? static_cast<std::size_t>(pattern[1] - '0') : 0;
        if (is_place and index < values.size()) {
            filled += values.begin()[index];
            pattern.remove_prefix(3);
        } else {
            filled += pattern.front();
            pattern.remove_prefix(1);
        }
    }
    return filled;
}

} // namespace duet
