// The laws: however the keys are cut, and whatever is printed or resized between them, the lines are
// the same; the screen shows these lines and what was printed, each whole and once, and nothing else
// when the row is taken away; and the row is never drawn into the last column.

#include "base/check.hpp"
#include "base/limits.hpp"
#include "base/utf8.hpp"
#include "console/line_editor.hpp"
#include "console/screen_model.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace {

constexpr std::string_view prompt = "말 >> ";

std::string without_end_spaces(std::string line)
{
    std::ranges::replace(line, '\t', ' '); // which is how a tab is shown
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

/// An editor and its terminal, and what the terminal should show once the row is taken away.
class Console {
public:
    explicit Console(int columns) : editor_(std::string(prompt), columns), screen_(columns) { }

    void type(duet::Bytes keys)
    {
        editor_.take(keys);
        while (auto event = editor_.next(output_)) {
            show();
            auto const* const line = std::get_if<duet::LineEditor::Line>(&*event);
            if (line == nullptr) {
                ++ends_of_input;
                continue;
            }
            duet::check(line->text.size() <= duet::limits::line_bytes_max);
            duet::check(duet::is_utf8(duet::as_bytes(line->text)));
            lines.push_back(line->text);
            expected_ += without_end_spaces(std::string(prompt) + line->text);
        }
        show();
    }

    void print()
    {
        editor_.erase(output_);
        output_ += "안녕, hello\n";
        expected_ += "안녕, hello\n";
        editor_.draw(output_);
        show();
    }

    void resize(int columns)
    {
        screen_.resize(columns);
        editor_.resize(columns, output_);
        show();
    }

    void erase_and_look()
    {
        editor_.erase(output_);
        show();
        duet::check(screen_.lines() == expected_ + '\n');
    }

    void draw()
    {
        editor_.draw(output_);
        show();
    }

    std::string_view text() const { return editor_.text(); }

    std::vector<std::string> lines = {};
    int ends_of_input = 0;

private:
    void show()
    {
        screen_.write(output_);
        output_.clear();
        duet::check(not screen_.was_edge_touched());
    }

    duet::LineEditor editor_;
    duet::ScreenModel screen_;
    std::string output_ = {};
    std::string expected_ = {};
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    // A seed for what happens between the keys, then the keys.
    if (size < 2)
        return 0;
    std::uint32_t chance = data[0] * 256u + data[1];
    auto const any_of = [&](std::uint32_t count) {
        chance = chance * 1664525u + 1013904223u;
        return (chance >> 16) % count;
    };
    std::string keys(reinterpret_cast<char const*>(data + 2), size - 2);
    std::erase(keys, '\f'); // Ctrl-L takes away what the screen is expected to show
    duet::Bytes const input = duet::as_bytes(keys);

    Console at_once(80);
    at_once.type(input);

    Console console(static_cast<int>(1 + any_of(30)));
    for (std::size_t at = 0; at < input.size();) {
        std::size_t const piece = std::min<std::size_t>(1 + any_of(12), input.size() - at);
        console.type(input.subspan(at, piece));
        at += piece;
        switch (any_of(5)) {
        case 0:
            console.print();
            break;
        case 1:
            console.resize(static_cast<int>(1 + any_of(30)));
            break;
        case 2:
            console.erase_and_look();
            break;
        default:
            console.draw();
            break;
        }
    }
    console.erase_and_look();

    duet::check(console.lines == at_once.lines);
    duet::check(console.ends_of_input == at_once.ends_of_input);
    duet::check(console.text() == at_once.text());
    return 0;
}
