// This process's own side of an errand: what is typed here, and what is shown here.

#pragma once

#include "net/loop.hpp"
#include "terminal/sink.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace duet {

/// Is told what is typed.
class Typist {
public:
    virtual void typed(std::string_view line) = 0;
    virtual void typed_end() = 0;

protected:
    ~Typist() = default;
};

class Front : public Sink {
public:
    virtual ~Front() = default;

    void shown_before(std::uint64_t) override { }
    void words_lost() override { has_lost_words_ = true; }

    /// True after `words_lost`, which it says itself of what cannot be read.
    [[nodiscard]] bool has_lost_words() const { return has_lost_words_; }

    /// From here on `typist` is told what is typed; with null nothing is read, and nothing lost.
    virtual void type_for(Typist* typist) = 0;

    /// True if somebody sits there typing.
    [[nodiscard]] virtual bool has_keyboard() const = 0;

    /// Writes what has gathered.
    virtual void flush() = 0;
    [[nodiscard]] virtual bool is_flushed() const = 0;

    /// Standard output takes no more.
    [[nodiscard]] virtual bool has_failed() const = 0;

    /// Nothing more is typed, and the terminal is as it was.
    virtual void close() = 0;

    // What the signals say: another size; Ctrl-Z; and on again.
    virtual void resize() { }
    virtual void suspend() { }
    virtual void resume() { }

private:
    bool has_lost_words_ = false;
};

/// For verbs that only show something: their output stays clean for pipes.
std::unique_ptr<Front> make_stream_front(Loop& loop);

/// For a talk: the console, with its prompt and line editor where there is a keyboard.
std::unique_ptr<Front> make_console_front(Loop& loop);

} // namespace duet
