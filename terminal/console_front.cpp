#include "base/limits.hpp"
#include "console/console.hpp"
#include "console/words.hpp"
#include "terminal/front.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace duet {

namespace {

class ConsoleFront final : public Front, ConsoleHandler {
public:
    explicit ConsoleFront(Loop& loop) : console_(loop, tr("Message >>") + ' ') { }

    void show(std::string_view lines) override
    {
        while (not lines.empty()) {
            std::size_t const end = std::min(lines.find('\n'), lines.size());
            console_.hear("", lines.substr(0, end));
            lines.remove_prefix(std::min(end + 1, lines.size()));
        }
    }

    void tell(std::string_view lines) override { console_.tell(lines); }

    [[nodiscard]] bool has_room() const override
    {
        return console_.backlog_bytes() < limits::backlog_bytes_mark;
    }

    void type_for(Typist* typist) override
    {
        typist_ = typist;
        if (typist != nullptr and not is_open_) {
            is_open_ = true;
            console_.open(*this);
        } else if (is_open_) {
            console_.set_reading(typist != nullptr);
        }
        if (typist != nullptr and has_ended_)
            typist->typed_end();
    }

    [[nodiscard]] bool has_keyboard() const override { return console_.has_keyboard(); }
    void flush() override { console_.flush(); }
    [[nodiscard]] bool is_flushed() const override { return console_.is_flushed(); }
    [[nodiscard]] bool has_failed() const override { return has_failed_; }
    void close() override { console_.close(); }
    void resize() override { console_.resize(); }
    void suspend() override { console_.suspend(); }
    void resume() override { console_.resume(); }

private:
    void own_line(std::string_view text) override
    {
        if (typist_ != nullptr)
            typist_->typed(text);
    }

    void own_bad_line(std::uint64_t number, Error why) override
    {
        tell(fill(tr("Line {0} was not sent: {1}"), {std::to_string(number), tr(sentence(why))}));
        words_lost();
    }

    void own_line_refused(Error why) override
    {
        tell(fill(tr("Not sent, and still here to be changed: {0}"), {tr(sentence(why))}));
    }

    void own_end(int error) override
    {
        if (error != 0) {
            tell(fill(tr("Cannot read standard input: {0}"), {std::strerror(error)}));
            words_lost();
        }
        has_ended_ = true;
        if (typist_ != nullptr)
            typist_->typed_end();
    }

    void output_failed(std::string_view words) override
    {
        has_failed_ = true;
        tell(std::string(words));
    }

    void output_left() override { }

    Console console_;
    Typist* typist_ = nullptr;
    bool is_open_ = false;
    bool has_ended_ = false;
    bool has_failed_ = false;
};

} // namespace

std::unique_ptr<Front> make_console_front(Loop& loop)
{
    return std::make_unique<ConsoleFront>(loop);
}

} // namespace duet
