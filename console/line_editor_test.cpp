#include "console/line_editor.hpp"

#include "base/limits.hpp"
#include "console/screen_model.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

using namespace duet;

namespace {

std::string const backspace = "\x7f";
std::string const remove_key = "\x1b[3~";
std::string const up = "\x1b[A";
std::string const down = "\x1b[B";
std::string const right = "\x1b[C";
std::string const left = "\x1b[D";
std::string const home = "\x1b[H";
std::string const end = "\x1b[F";

std::string ctrl(char letter)
{
    return {static_cast<char>(letter - '@')};
}

std::string alt(char letter)
{
    return {'\x1b', letter};
}

std::string times(int count, std::string_view keys)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += keys;
    return all;
}

/// A person at a terminal, and a program around the editor that shows what comes in.
class Console {
public:
    explicit Console(std::string prompt = ">> ", int columns = 40,
        ScreenModel::Letters letters = ScreenModel::Letters::joined)
        : editor(std::move(prompt), columns), screen(columns, letters)
    {
        draw();
    }

    /// Presses keys, all in one read, and handles the events as the program does.
    void type(std::string_view keys)
    {
        editor.take(as_bytes(keys));
        while (auto event = next())
            draw();
    }

    void message_comes(std::string_view text)
    {
        editor.erase(output);
        output += text;
        output += '\n';
        editor.draw(output);
        show();
    }

    void resize(int columns)
    {
        screen.resize(columns); // the terminal is first
        editor.resize(columns, output);
        show();
    }

    void draw()
    {
        editor.draw(output);
        show();
    }

    void erase()
    {
        editor.erase(output);
        show();
    }

    std::optional<LineEditor::Event> next()
    {
        auto event = editor.next(output);
        show();
        if (event and std::holds_alternative<LineEditor::Line>(*event))
            lines.push_back(std::get<LineEditor::Line>(*event).text);
        if (event and std::holds_alternative<LineEditor::EndOfInput>(*event))
            ++ends_of_input;
        if (event and std::holds_alternative<LineEditor::TooLong>(*event))
            ++too_long;
        return event;
    }

    std::string shown() const { return screen.rows(true); }

    LineEditor editor;
    ScreenModel screen;
    std::string output = {};
    std::size_t bytes_shown = 0;
    std::vector<std::string> lines = {};
    int ends_of_input = 0;
    int too_long = 0;

private:
    void show()
    {
        bytes_shown += output.size();
        screen.write(output);
        output.clear();
    }
};

using Lines = std::vector<std::string>;

} // namespace

TEST_SUITE_BEGIN("line_editor");

TEST_CASE("what is typed stands behind the prompt, and Enter gives it as a line")
{
    Console console;
    console.type("hello");
    CHECK(console.shown() == ">> hello|");
    console.type("\r");
    CHECK(console.lines == Lines {"hello"});
    CHECK(console.shown() == ">> hello\n>> |");
}

TEST_CASE("Hangul is two columns wide and removed by the syllable")
{
    Console console("전송할 메세지 >> ");
    console.type("안녕");
    CHECK(console.shown() == "전송할 메세지 >> 안녕|");
    CHECK(console.screen.cursor_column() == 21);
    console.type(backspace);
    CHECK(console.shown() == "전송할 메세지 >> 안|");
    console.type("ᄒ\u1161\u11ab");
    console.type(backspace);
    CHECK(console.editor.text() == "안");
    console.type("\r");
    CHECK(console.lines == Lines {"안"});
}

TEST_CASE("a message that comes while a line is typed stands above it and tears nothing")
{
    Console console("전송할 메세지 >> ");
    console.type("안녕하");
    console.message_comes("From Client : 여보세요");
    CHECK(console.shown() == "From Client : 여보세요\n전송할 메세지 >> 안녕하|");
    console.type("세요");
    console.type(left);
    console.message_comes("From Client : ?");
    CHECK(
        console.shown() == "From Client : 여보세요\nFrom Client : ?\n전송할 메세지 >> 안녕하세|요");
    console.type("\r");
    CHECK(console.lines == Lines {"안녕하세요"});
}

TEST_CASE("a letter that comes byte by byte is shown when it is whole")
{
    Console console;
    std::string const syllable = "한";
    console.type(syllable.substr(0, 1));
    console.type(syllable.substr(1, 1));
    CHECK(console.shown() == ">> |");
    console.type(syllable.substr(2));
    CHECK(console.shown() == ">> 한|");
}

TEST_CASE("drawing twice draws once, and erasing twice erases once")
{
    LineEditor editor(">> ", 40);
    std::string screen;
    editor.erase(screen);
    CHECK(screen.empty());
    editor.draw(screen);
    CHECK_FALSE(screen.empty());
    screen.clear();
    editor.draw(screen);
    CHECK(screen.empty());
    editor.erase(screen);
    CHECK_FALSE(screen.empty());
    screen.clear();
    editor.erase(screen);
    CHECK(screen.empty());
}

TEST_CASE("what is typed while nothing is drawn is shown by the next draw")
{
    Console console;
    console.type("ab");
    console.erase();
    CHECK(console.shown() == "|");
    console.type("cd");
    CHECK(console.shown() == "|");
    console.draw();
    CHECK(console.shown() == ">> abcd|");
}

TEST_CASE("several lines in one read are several events, in order, each on its own row")
{
    Console console;
    console.editor.take(as_bytes("one\r\ntwo\nthree"));
    console.next();
    CHECK(console.lines == Lines {"one"});
    CHECK(console.shown() == ">> one\n|");
    console.screen.write("answer to one\n");
    console.draw();
    CHECK(console.shown() == ">> one\nanswer to one\n>> |");
    console.next();
    CHECK(console.lines == Lines {"one", "two"});
    CHECK(console.shown() == ">> one\nanswer to one\n>> two\n|");
    CHECK_FALSE(console.next());
    CHECK(console.shown() == ">> one\nanswer to one\n>> two\n|");
    console.draw();
    CHECK(console.shown() == ">> one\nanswer to one\n>> two\n>> three|");
}

TEST_CASE("a line finished while nothing is drawn stands on the screen all the same")
{
    Console console;
    console.editor.take(as_bytes("one\rtwo\r"));
    while (console.next()) { }
    CHECK(console.shown() == ">> one\n>> two\n|");
}

TEST_CASE("a paste of several lines gives each as a line, without control characters")
{
    Console console;
    console.type("\x1b[200~one\ta\x03\x04\rtwo\nthree\x1b[201~!");
    CHECK(console.lines == Lines {"one\ta", "two"});
    CHECK(console.shown() == ">> one a\n>> two\n>> three!|");
}

TEST_CASE("a long paste is drawn once")
{
    Console console;
    std::string const paste = times(5000, "한");
    console.bytes_shown = 0;
    console.type(paste);
    CHECK(console.editor.text() == paste);
    CHECK(console.bytes_shown < 500);
}

TEST_CASE("what changes nothing that is seen writes nothing")
{
    Console console;
    console.bytes_shown = 0;
    console.type(left + backspace + "\x1b[I");
    CHECK(console.bytes_shown == 0);
}

TEST_CASE("Ctrl-D ends the input on an empty line and removes a letter on any other")
{
    Console console;
    console.type("ab" + ctrl('A') + ctrl('D'));
    CHECK(console.shown() == ">> |b");
    CHECK(console.ends_of_input == 0);
    console.type(ctrl('D'));
    CHECK(console.shown() == ">> |");
    console.editor.take(as_bytes(ctrl('D')));
    console.next();
    CHECK(console.ends_of_input == 1);
    CHECK(console.shown() == "|");
}

TEST_CASE("the cursor moves by whole letters, whatever they are made of")
{
    Console console;
    console.type("a👨‍👩‍👧🇰🇷e\u0301字" + times(2, left));
    CHECK(console.shown() == ">> a👨‍👩‍👧🇰🇷|e\u0301字");
    console.type(left);
    CHECK(console.shown() == ">> a👨‍👩‍👧|🇰🇷e\u0301字");
    console.type(backspace);
    CHECK(console.shown() == ">> a|🇰🇷e\u0301字");
    console.type(remove_key);
    CHECK(console.shown() == ">> a|e\u0301字");
    console.type(right);
    CHECK(console.shown() == ">> ae\u0301|字");
    console.type(home + "[" + end + "]");
    CHECK(console.shown() == ">> [ae\u0301字]|");
}

TEST_CASE("the cursor is never inside a letter, also when two halves meet")
{
    Console console;
    console.type("\u1161" + home + "ᄀ");
    CHECK(console.editor.text() == "ᄀ\u1161");
    console.type("x");
    CHECK(console.editor.text() == "ᄀ\u1161x");
}

TEST_CASE("words are moved over and killed in any script")
{
    Console console;
    console.type("안녕 세상, hello" + alt('b') + alt('b'));
    CHECK(console.shown() == ">> 안녕 |세상, hello");
    console.type("\x1b[1;5C");
    CHECK(console.shown() == ">> 안녕 세상|, hello");
    console.type(alt('d'));
    CHECK(console.shown() == ">> 안녕 세상|");
    console.type(alt('\x7f'));
    CHECK(console.shown() == ">> 안녕 |");
    console.type("http://a.b/c  " + ctrl('W'));
    CHECK(console.shown() == ">> 안녕 |");
}

TEST_CASE("what was killed is yanked, and kills in a row are one")
{
    Console console;
    console.type("one two three" + alt('b') + ctrl('W') + ctrl('K'));
    CHECK(console.shown() == ">> one |");
    console.type(ctrl('Y'));
    CHECK(console.shown() == ">> one two three|");
    console.type(ctrl('U') + ctrl('Y') + ctrl('Y'));
    CHECK(console.editor.text() == "one two threeone two three");
}

TEST_CASE("Ctrl-T transposes the letters around the cursor")
{
    Console console;
    console.type("ㄱ한b" + ctrl('T'));
    CHECK(console.shown() == ">> ㄱb한|");
    console.type(home + ctrl('T'));
    CHECK(console.shown() == ">> |ㄱb한");
    console.type(right + ctrl('T'));
    CHECK(console.shown() == ">> bㄱ|한");
    console.type(ctrl('U') + ctrl('K') + "x" + ctrl('T'));
    CHECK(console.shown() == ">> x|");
}

TEST_CASE("Ctrl-L clears the screen and draws the line at its top")
{
    Console console;
    console.type("one\rtwo" + ctrl('L') + "!");
    CHECK(console.screen.lines().starts_with(">> two!\n"));
    CHECK(console.shown().starts_with(">> two!|"));
}

TEST_CASE("the lines before are found again, and the one being typed is kept")
{
    Console console;
    console.type("one\rtwo\rthr");
    console.type(up);
    CHECK(console.editor.text() == "two");
    console.type(ctrl('P') + ctrl('P'));
    CHECK(console.editor.text() == "one");
    console.type(down);
    console.type(ctrl('N'));
    CHECK(console.editor.text() == "thr");
    console.type(down + "ee");
    CHECK(console.editor.text() == "three");
}

TEST_CASE(
    "what was changed in a line of the history is kept until Enter, and the history as it was")
{
    Console console;
    console.type("one\rtwo\r" + times(2, up) + "!" + down + up);
    CHECK(console.editor.text() == "one!");
    console.type("\r");
    CHECK(console.lines.back() == "one!");
    console.type(times(3, up));
    CHECK(console.editor.text() == "one");
}

TEST_CASE("a line given twice in a row is remembered once, and an empty one never")
{
    Console console;
    console.type("one\rtwo\r\rtwo\r\r" + times(2, up));
    CHECK(console.editor.text() == "one");
    CHECK(console.lines == Lines {"one", "two", "", "two", ""});
}

TEST_CASE("the oldest line is forgotten first")
{
    Console console;
    for (std::size_t i = 0; i <= limits::history_lines_max; ++i)
        console.type(std::to_string(i) + "\r");
    console.type(times(static_cast<int>(limits::history_lines_max) + 5, up));
    CHECK(console.editor.text() == "1");
}

TEST_CASE("text beyond the limit is refused with a bell, and what is there stays")
{
    Console console;
    std::string const most(limits::line_bytes_max - 2, 'x');
    console.type(most);
    CHECK(console.screen.bells() == 0);
    console.type("한ab");
    CHECK(console.editor.text() == most); // nor do a and b close the gap that 한 left
    CHECK(console.screen.bells() == 1);
    console.type(backspace + "한");
    CHECK(console.editor.text() == most.substr(1) + "한");
    console.type("\r");
    CHECK(console.lines.back().size() == limits::line_bytes_max);
}

TEST_CASE("a line that something was refused of is not finished in part")
{
    Console console;
    std::string const most(limits::line_bytes_max, 'x');
    console.type(most + "y\rnext\r");
    CHECK(console.lines.empty());
    CHECK(console.too_long == 2);
    CHECK(console.editor.text() == most);
    console.type(backspace + "z\r");
    CHECK(console.lines == std::vector {most.substr(1) + "z"});
}

TEST_CASE("a yank beyond the limit is refused whole")
{
    Console console;
    console.type(
        std::string(limits::line_bytes_max / 2 + 1, 'x') + ctrl('U') + ctrl('Y') + ctrl('Y'));
    CHECK(console.editor.text().size() == limits::line_bytes_max / 2 + 1);
    CHECK(console.screen.bells() == 1);
    console.type("y");
    CHECK(console.editor.text().back() == 'y');
}

TEST_CASE("a text wider than the row scrolls, and < and > say where it goes on")
{
    Console console(">> ", 14); // ten columns for the text
    console.type("abcdefghij");
    CHECK(console.shown() == ">> abcdefghij|");
    console.type("k");
    CHECK(console.shown() == ">> <hijk|");
    console.type("lmnop");
    CHECK(console.shown() == ">> <hijklmnop|");
    console.type(times(8, left));
    CHECK(console.shown() == ">> <h|ijklmnop");
    console.type(left);
    CHECK(console.shown() == ">> <defg|hijk>");
    console.type(home);
    CHECK(console.shown() == ">> |abcdefghi>");
    console.type("\r");
    CHECK(console.screen.lines() == ">> abcdefghijklmnop\n>>\n");
}

TEST_CASE("a wide letter that has no room at the edge is not cut in half")
{
    Console console(">> ", 14);
    console.type("가나다라마");
    CHECK(console.shown() == ">> 가나다라마|");
    console.type("바" + home);
    CHECK(console.shown() == ">> |가나다라>");
    console.type(times(3, right));
    CHECK(console.shown() == ">> 가나다|라>");
    console.type(right);
    CHECK(console.shown() == ">> <다라|마바");
    console.type(end + backspace);
    CHECK(console.shown() == ">> 가나다라마|");
    CHECK_FALSE(console.screen.was_edge_touched());
}

TEST_CASE("what is removed to the left of what is seen leaves the rest in order")
{
    Console console(">> ", 14);
    console.type(times(20, "가") + "끝" + home + remove_key + "x" + end);
    CHECK(console.shown() == ">> <가끝|");
    console.type(home + ctrl('K') + "y");
    CHECK(console.shown() == ">> y|");
}

TEST_CASE("a message is not torn by a text that is scrolled")
{
    Console console(">> ", 14);
    console.type("abcdefghijklm");
    console.message_comes("hello");
    CHECK(console.shown() == "hello\n>> <jklm|");
}

TEST_CASE("of a prompt that takes most of the row only the end is seen while typing")
{
    Console console("전송할 메세지 >> ", 20);
    CHECK(console.shown() == " 메세지 >> |");
    console.type("안녕");
    CHECK(console.shown() == " 메세지 >> 안녕|");
    console.type("\r");
    CHECK(console.screen.lines() == "전송할 메세지 >> 안녕\n 메세지 >>\n");
}

TEST_CASE("a terminal of one to ten columns breaks nothing")
{
    for (int columns = 1; columns <= 10; ++columns) {
        CAPTURE(columns);
        Console console("전송할 메세지 >> ", columns);
        console.type("안녕, hello 👨‍👩‍👧!");
        for (int i = 0; i < 12; ++i) {
            console.type(left);
            CHECK(console.shown().find('\n') == std::string::npos);
        }
        console.message_comes("hi");
        console.type(home);
        console.type(remove_key);
        console.type(end);
        console.type("?\r");
        CHECK(console.lines == Lines {"녕, hello 👨‍👩‍👧!?"});
        CHECK_FALSE(console.screen.was_edge_touched());
        console.erase();
        CHECK(console.screen.lines()
            == "hi\n전송할 메세지 >> 녕, hello 👨‍👩‍👧!?\n\n");
    }
}

TEST_CASE("a terminal that does not know its width has 80 columns")
{
    LineEditor editor(">> ", 0);
    std::string screen;
    editor.take(as_bytes(std::string(100, 'x')));
    editor.next(screen);
    editor.draw(screen);
    ScreenModel model(80);
    model.write(screen);
    CHECK(model.rows().find('\n') == std::string::npos);
    CHECK_FALSE(model.was_edge_touched());
}

TEST_CASE("on a terminal made narrower the wrapped row is taken away and drawn anew")
{
    for (int columns = 1; columns < 40; ++columns) {
        CAPTURE(columns);
        Console console(">> ", 40);
        console.message_comes("above");
        console.type("가나다라마바사 abcdefghijklm 아자차카타파하");
        for (int i = 0; i < 5; ++i) {
            console.resize(columns);
            CHECK(console.screen.lines().starts_with("above\n"));
            CHECK(console.screen.lines().find("above\n", 1) == std::string::npos);
            console.erase();
            CHECK(console.screen.lines() == "above\n\n");
            console.resize(40);
            console.draw();
            console.type(times(5, left));
        }
    }
}

TEST_CASE("on a terminal made wider more of the text is seen")
{
    Console console(">> ", 14);
    console.type("abcdefghijklmnop");
    console.resize(40);
    CHECK(console.shown() == ">> abcdefghijklmnop|");
}

TEST_CASE("a width that changes while nothing is drawn writes nothing")
{
    Console console(">> ", 40);
    console.erase();
    console.bytes_shown = 0;
    console.resize(10);
    CHECK(console.bytes_shown == 0);
    console.draw();
    CHECK(console.shown() == ">> |");
}

TEST_CASE("where a terminal finds emoji wider than we do, the line is still one row")
{
    Console console(">> ", 20, ScreenModel::Letters::apart);
    console.message_comes("above");
    console.type(times(7, "👨‍👩‍👧") + "ab");
    console.type(left);
    CHECK(console.shown().find('\n', 6) == std::string::npos);
    console.message_comes("hello");
    console.type(ctrl('U'));
    CHECK(console.shown() == "above\nhello\n>> |b");
}

TEST_CASE("after the screen was lost to somebody else it is drawn anew")
{
    Console console;
    console.type("abc");
    console.screen.write("\r\n$ fg\n");
    std::string lost;
    console.editor.erase(lost);
    console.draw();
    CHECK(console.shown() == ">> abc\n$ fg\n>> abc|");
}

TEST_SUITE_END();
