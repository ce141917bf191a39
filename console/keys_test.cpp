#include "console/keys.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace duet;

namespace {

using Kind = Key::Kind;

class KeysTest {
protected:
    std::vector<Key> keys(std::string_view input)
    {
        decoder.take(as_bytes(input));
        std::vector<Key> all;
        while (auto key = decoder.next())
            all.push_back(std::move(*key));
        return all;
    }

    /// The kinds of the keys, when no text is among them.
    std::vector<Kind> kinds(std::string_view input)
    {
        std::vector<Kind> all;
        for (Key const& key : keys(input)) {
            CHECK(key.text.empty());
            all.push_back(key.kind);
        }
        return all;
    }

    /// The text of all keys, with other kinds left out.
    std::string text(std::string_view input)
    {
        std::string all;
        for (Key const& key : keys(input))
            if (key.kind == Kind::text)
                all += key.text;
        return all;
    }

    KeyDecoder decoder;
};

using Kinds = std::vector<Kind>;

} // namespace

TEST_SUITE_BEGIN("keys");

TEST_CASE_FIXTURE(KeysTest, "letters come one code point a key")
{
    CHECK(keys("a안👩\t")
        == std::vector<Key> {
            {Kind::text, "a"}, {Kind::text, "안"}, {Kind::text, "👩"}, {Kind::text, "\t"}});
}

TEST_CASE_FIXTURE(KeysTest, "arrows are known in both forms")
{
    Kinds const arrows = {Kind::up, Kind::down, Kind::right, Kind::left};
    CHECK(kinds("\x1b[A\x1b[B\x1b[C\x1b[D") == arrows);
    CHECK(kinds("\x1bOA\x1bOB\x1bOC\x1bOD") == arrows);
    CHECK(kinds("\x1b[a\x1b[b\x1b[c\x1b[d") == arrows);             // rxvt, with Shift
    CHECK(kinds("\x1b[1;2A\x1b[1;2B\x1b[1;2C\x1b[1;2D") == arrows); // xterm, with Shift
}

TEST_CASE_FIXTURE(KeysTest, "Home, End and Delete are known from every kind of terminal")
{
    for (std::string_view home :
        {"\x1b[H", "\x1bOH", "\x1b[1~", "\x1b[7~", "\x1b[7$", "\x1b[7^", "\x1b[1;5H"})
        CHECK(kinds(home) == Kinds {Kind::home});
    for (std::string_view end : {"\x1b[F", "\x1bOF", "\x1b[4~", "\x1b[8~", "\x1b[8$", "\x1b[8@"})
        CHECK(kinds(end) == Kinds {Kind::end});
    for (std::string_view remove : {"\x1b[3~", "\x1b[3;5~", "\x1b[3$"})
        CHECK(kinds(remove) == Kinds {Kind::remove});
}

TEST_CASE_FIXTURE(KeysTest, "Ctrl or Alt with an arrow moves by a word")
{
    for (std::string_view right : {"\x1b[1;5C", "\x1b[1;3C", "\x1b[5C", "\x1bO5C", "\x1bOc",
             "\x1b"
             "f"})
        CHECK(kinds(right) == Kinds {Kind::word_right});
    for (std::string_view left : {"\x1b[1;5D", "\x1b[1;6D", "\x1bO1;5D", "\x1bOd",
             "\x1b"
             "b"})
        CHECK(kinds(left) == Kinds {Kind::word_left});
    CHECK(kinds("\x1b"
                "d\x1b\x7f\x1b\b")
        == Kinds {Kind::kill_word_right, Kind::kill_word_left, Kind::kill_word_left});
}

TEST_CASE_FIXTURE(KeysTest, "control letters have their names, and those without a use are dropped")
{
    std::string named;
    for (char control = 1; control < 0x1b; ++control)
        for (Key const& key : keys(std::string_view(&control, 1)))
            if (key.kind == Kind::control)
                named += key.text;
    CHECK(named == "ABCDEFKLNPTUWY");
    CHECK(kinds("\x7f\b") == Kinds {Kind::backspace, Kind::backspace});
    CHECK(keys(std::string_view("\0\x1c\x1d\x1e\x1f", 5)).empty());
}

TEST_CASE_FIXTURE(KeysTest, "Enter is a return, a newline, or both as one")
{
    CHECK(kinds("\r") == Kinds {Kind::enter});
    CHECK(kinds("\n").empty()); // the second half of the one above, after a cut
    CHECK(kinds("\n") == Kinds {Kind::enter});
    CHECK(kinds("\n\r\r\n\n\x1bOM") == Kinds(5, Kind::enter));
}

TEST_CASE_FIXTURE(KeysTest, "a sequence that is not known is swallowed whole")
{
    for (std::string_view unknown :
        {"\x1b[I", "\x1b[15;2~", "\x1b[[A", "\x1bOP", "\x1b[<0;12;7M", "\x1b[M !\"",
            "\x1b[?2026;2$y", "\x1b[Z", "\x1b[97;5u", "\x1b[ q", "\x1bx", "\x1b[?1;2c"})
        CHECK(keys(std::string(unknown) + "z") == std::vector<Key> {{Kind::text, "z"}});
}

TEST_CASE_FIXTURE(KeysTest, "a sequence without an end is dropped and cannot grow")
{
    CHECK(keys("\x1b[" + std::string(62, '1')).empty());
    CHECK(text("abc") == "abc");
}

TEST_CASE_FIXTURE(
    KeysTest, "a lone Escape does not take away the key after it, unless it is a letter")
{
    CHECK(kinds("\x1b\r") == Kinds {Kind::enter});
    CHECK(kinds("\x1b\x1b[A") == Kinds {Kind::up});
    CHECK(keys("\x1b\x01") == std::vector<Key> {{Kind::control, "A"}});
    CHECK(text("\x1b안녕") == "안녕");
    CHECK(text("\x1bxy") == "y");
    CHECK(kinds("\x1b[\r") == Kinds {Kind::enter});
}

TEST_CASE_FIXTURE(KeysTest, "a key cut at any byte is the same key")
{
    for (std::string_view whole :
        {"\x1b[1;5C", "\x1bOA", "안", "👩", "\x1b[200~", "\x1b[3~", "\x1b\x7f"}) {
        for (std::size_t cut = 1; cut < whole.size(); ++cut) {
            decoder = {};
            std::vector<Key> const expected = keys(whole);
            CHECK(expected.size() == 1);

            decoder = {};
            CHECK(keys(whole.substr(0, cut)).empty());
            CHECK(keys(whole.substr(cut)) == expected);
        }
    }
}

TEST_CASE_FIXTURE(KeysTest, "bytes that are no UTF-8, and C1 letters, are dropped alone")
{
    CHECK(text("a\xff"
               "b\xc0\x80"
               "c\xe2\x82"
               "d\xed\xa0\x80"
               "e\xc2\x9b"
               "f")
        == "abcdef");
    CHECK(text("\xe2\x82") == "");
    CHECK(text("\xac"
               "g")
        == "€g");
}

TEST_CASE_FIXTURE(
    KeysTest, "in a paste all control characters but tab and the line's end are dropped")
{
    Key const begin = {Kind::paste_begin};
    Key const end = {Kind::paste_end};
    Key const enter = {Kind::enter};
    Key const tab = {Kind::text, "\t"};
    Key const a = {Kind::text, "a"};
    CHECK(keys("\x1b[200~a\x03\x04\ta\r\na\x7f\n\x1b[201~\x04")
        == std::vector<Key> {begin, a, tab, a, enter, a, enter, end, {Kind::control, "D"}});
}

TEST_CASE_FIXTURE(KeysTest, "an Escape in a paste is dropped and the text after it kept")
{
    CHECK(text("\x1b[200~\x1b[31mred\x1b[20") == "[31mred");
    CHECK(text("2~\x1b\x1b[201~") == "[202~");
    CHECK(kinds("\x1b[A") == Kinds {Kind::up});
}

TEST_SUITE_END();
