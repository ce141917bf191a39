// Standard output (or the terminal) as a sink that never blocks the talk and never loses silently.
//
// What is written gathers until `flush` and leaves as the descriptor takes it. The descriptor that we
// were given is shared with the shell and whoever else holds it: making it non-blocking would make
// theirs so. A terminal and a pipe are therefore opened again for ourselves alone; a socket is asked
// not to wait at each call; a file never waits. Where a pipe cannot be opened again, it gets no more
// at a time than it has room for.

#pragma once

#include "net/backlog.hpp"
#include "net/descriptor.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace duet {

class OutputHandler {
public:
    /// Writing failed: `error` is errno. What had not left is in Output::lost; nothing more is taken.
    virtual void output_failed(int error) = 0;

    /// Some of what waited has left.
    virtual void output_left() = 0;

protected:
    ~OutputHandler() = default;
};

class Output final : Watcher {
public:
    /// `number` is lent; `handler` is told in turns of the loop and in `flush`.
    Output(Loop& loop, int number, OutputHandler& handler);
    ~Output();
    Output(Output const&) = delete;
    Output& operator=(Output const&) = delete;

    /// Queues text. After a failure it is added to `lost`.
    void write(std::string_view text);

    /// Writes what the descriptor takes now.
    void flush();

    /// Writes all of it, waiting as long as some of it leaves within limits::drain_silence_max: before
    /// the process stops.
    void flush_to_the_end();

    [[nodiscard]] std::size_t backlog_bytes() const { return backlog_.size(); }
    [[nodiscard]] bool has_failed() const { return has_failed_; }

    /// What could not be written, in order.
    [[nodiscard]] Bytes lost() const { return backlog_.front(); }

    /// Nothing more will be written: when all has left, the descriptor is closed (the lent number is
    /// left as /dev/null), so that who reads from it sees the end.
    void finish();

private:
    enum class Kind { ours, file, socket, shared };

    void ready(Tag tag, Ready what) override;
    ssize_t write_some(Bytes bytes) const;
    void write_what_fits();
    void write_and_tell();
    void fail(int error);
    void watch(bool wanted);
    void close();

    Loop& loop_;
    OutputHandler& handler_;
    int lent_;
    int number_; // written to: our own, or the lent one
    Descriptor own_;
    Kind kind_;
    Backlog backlog_;
    WatchId watch_;
    bool is_watched_ = false;
    bool has_failed_ = false;
    bool is_finishing_ = false;
};

} // namespace duet
