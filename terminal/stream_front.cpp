#include "base/limits.hpp"
#include "console/output.hpp"
#include "console/standard_streams.hpp"
#include "terminal/front.hpp"

#include <unistd.h>

#include <string>

namespace duet {

namespace {

class StreamFront final : public Front, OutputHandler {
public:
    explicit StreamFront(Loop& loop) : output_(loop, STDOUT_FILENO, *this) { }

    void show(std::string_view lines) override { output_.write(lines); }

    void tell(std::string_view lines) override
    {
        output_.flush(); // on a terminal both stand in the order in which they were said
        write_to_standard_error(std::string(lines) + '\n');
    }

    [[nodiscard]] bool has_room() const override
    {
        return output_.backlog_bytes() < limits::backlog_bytes_mark;
    }

    void type_for(Typist*) override { }
    [[nodiscard]] bool has_keyboard() const override { return false; }
    void flush() override { output_.flush(); }

    [[nodiscard]] bool is_flushed() const override
    {
        return output_.has_failed() or output_.backlog_bytes() == 0;
    }

    [[nodiscard]] bool has_failed() const override { return output_.has_failed(); }
    void close() override { }

private:
    void output_failed(int) override { }
    void output_left() override { }

    Output output_;
};

} // namespace

std::unique_ptr<Front> make_stream_front(Loop& loop)
{
    return std::make_unique<StreamFront>(loop);
}

} // namespace duet
