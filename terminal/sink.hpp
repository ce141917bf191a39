// Where an errand's words go: the streams of the process that was asked for it, near or far.

#pragma once

#include <cstdint>
#include <string_view>

namespace duet {

class Sink {
public:
    /// For standard output: whole lines, with their ends.
    virtual void show(std::string_view lines) = 0;

    /// For standard error: whole lines, without the last one's end.
    virtual void tell(std::string_view lines) = 0;

    /// Something that was typed will never be sent: however it ends, it is no success.
    virtual void words_lost() = 0;

    /// Everything before this feed number has been shown: another process would go on from here.
    virtual void shown_before(std::uint64_t feed) = 0;

    /// True if more can be shown: whoever reads it keeps up.
    [[nodiscard]] virtual bool has_room() const = 0;

protected:
    ~Sink() = default;
};

} // namespace duet
