// One's own words when they come from a pipe or a file: lines, as the plain-lines door reads them.
//
// A line that is too long or not UTF-8 is not sent; it is told with its number, and the next one goes
// on, so one bad line in a file does not take the rest with it.

#pragma once

#include "base/result.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace duet {

class InputHandler {
public:
    virtual void own_line(std::string_view text) = 0;

    /// Line `number` (from 1) cannot be sent.
    virtual void own_bad_line(std::uint64_t number, Error why) = 0;

    /// The line that is being typed cannot be sent as it is; it can still be changed.
    virtual void own_line_refused(Error why) = 0;

    /// The end. `error` is errno if reading failed, otherwise 0.
    virtual void own_end(int error) = 0;

protected:
    ~InputHandler() = default;
};

class Input final : Watcher {
public:
    /// `number` is lent. Nothing is read before set_reading(true).
    Input(Loop& loop, int number, InputHandler& handler);
    ~Input();
    Input(Input const&) = delete;
    Input& operator=(Input const&) = delete;

    /// Whether to go on reading. What stands in a block that was read already comes first: a handler
    /// that wants no more in the middle of one keeps the rest waiting.
    void set_reading(bool wanted);

    /// True if the end has been told.
    [[nodiscard]] bool has_ended() const { return has_ended_; }

private:
    void ready(Tag tag, Ready what) override;
    void take_lines();
    void skip_to_end_of_line();
    void tell_end(int error);

    Loop& loop_;
    int number_;
    InputHandler& handler_;
    WatchId watch_;
    std::vector<std::byte> block_;
    std::size_t begin_ = 0; // what is not used yet: block_[begin_, end_)
    std::size_t end_ = 0;
    std::uint64_t line_number_ = 0;
    bool wants_to_read_ = false;
    bool is_skipping_ = false; // the rest of a line that was too long
    bool is_taking_ = false;
    bool has_ended_ = false;
};

} // namespace duet
