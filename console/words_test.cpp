#include "console/words.hpp"

#include <doctest/doctest.h>
#include <langinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <initializer_list>
#include <utility>

using namespace duet;

TEST_SUITE_BEGIN("words");

namespace {

using Environment = std::initializer_list<std::pair<char const*, char const*>>;

/// Sets the words up for a user with this environment, in a process of its own; true if `holds` there.
template <typename Claim>
bool is_true_for(Environment environment, Claim holds)
{
    pid_t const child = ::fork();
    if (child == 0) {
        for (char const* name : {"LANG", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANGUAGE"})
            ::unsetenv(name);
        for (auto const& [name, value] : environment)
            ::setenv(name, value, 1);
        set_up_words();
        ::_exit(holds() ? 0 : 1);
    }
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    return status == 0;
}

bool text_is_utf8()
{
    return std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
}

std::string language()
{
    char const* const value = std::getenv("LANGUAGE");
    return value == nullptr ? "" : value;
}

/// English, or what the Korean catalogue says where it is found.
bool speaks_korean_if_it_can()
{
    return tr("Message >>") == "Message >>" or tr("Message >>") == "전송할 메세지 >>";
}

} // namespace

TEST_CASE("values stand where their places are")
{
    CHECK(fill("{0} is not {1}", {"a", "b"}) == "a is not b");
    CHECK(fill("{1} before {0}, and {1} again", {"a", "b"}) == "b before a, and b again");
    CHECK(fill("", {"a"}).empty());
    CHECK(fill("no place", {"a"}) == "no place");
    CHECK(fill("{0}{1}", {"한", "글"}) == "한글");
}

TEST_CASE("what is no place, or has no value, stays as it is")
{
    CHECK(fill("{1} {2} {9}", {"a"}) == "{1} {2} {9}");
    CHECK(fill("{} {a} {00} {0 { 0} {", {"a"}) == "{} {a} {00} {0 { 0} {");
    CHECK(fill("{{0}}", {"a"}) == "{a}");
}

TEST_CASE("a value that looks like a place is text")
{
    CHECK(fill("{0} {1}", {"{1}", "{0}"}) == "{1} {0}");
}

TEST_CASE("what has no translation is English")
{
    CHECK(is_true_for({{"LANG", "ko_KR.UTF-8"}},
        [] { return tr("nobody has translated this") == "nobody has translated this"; }));
}

TEST_CASE("a locale that was never generated has UTF-8 and the language that the user asked for")
{
    CHECK(is_true_for({{"LANG", "ko_KR.UTF-8"}}, text_is_utf8));
    CHECK(is_true_for({{"LANG", "xx_XX.UTF-8"}}, [] { return language() == "xx_XX.UTF-8"; }));
    CHECK(is_true_for({{"LANG", "ko_KR.UTF-8"}}, speaks_korean_if_it_can));
    CHECK(is_true_for(
        {{"LANG", "xx_XX"}, {"LC_MESSAGES", "yy_YY"}}, [] { return language() == "yy_YY"; }));
    CHECK(is_true_for({{"LANG", "xx_XX"}, {"LC_MESSAGES", "yy_YY"}, {"LC_ALL", "zz_ZZ"}},
        [] { return language() == "zz_ZZ"; }));
    CHECK(is_true_for({{"LANG", "xx_XX"}, {"LC_ALL", ""}}, [] { return language() == "xx_XX"; }));
}

TEST_CASE("a language that the user named himself stands above his locale")
{
    CHECK(is_true_for({{"LANG", "xx_XX"}, {"LANGUAGE", "fr"}}, [] { return language() == "fr"; }));
}

TEST_CASE("without a locale, and in the plain C locale, text is UTF-8 and the words are English")
{
    auto const speaks_english = [] { return tr("Message >>") == "Message >>"; };
    CHECK(is_true_for({}, text_is_utf8));
    CHECK(is_true_for({}, speaks_english));
    CHECK(is_true_for({{"LC_ALL", "C"}}, text_is_utf8));
    CHECK(is_true_for({{"LC_ALL", "C"}}, speaks_english));
    CHECK(is_true_for({{"LC_ALL", "C.UTF-8"}}, text_is_utf8));
    CHECK(is_true_for({{"LC_ALL", "C.UTF-8"}}, speaks_english));
}

TEST_CASE("numbers are written in one way in every locale")
{
    CHECK(is_true_for({{"LC_ALL", "C.UTF-8"}},
        [] { return std::string_view(::localeconv()->decimal_point) == "."; }));
}

TEST_SUITE_END();
