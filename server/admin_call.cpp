#include "server/admin_call.hpp"

#include "server/descriptor_passing.hpp"
#include "server/exit_code.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>

namespace duet {

namespace {

/// An answer, as it comes in.
class Answer {
public:
    Answer(Socket const& server, FileTaker const& take_file)
        : server_(server), take_file_(take_file)
    {
    }

    int read()
    {
        while (not code_.has_value() and receive())
            take_lines();
        if (not code_.has_value())
            std::fprintf(stderr, "duetd: the server has gone before it had answered\n");
        return std::fflush(stdout) == 0 ? code_.value_or(exit_code::failed) : exit_code::failed;
    }

private:
    bool receive()
    {
        Descriptor file;
        auto const got = receive_with_file(server_, room_, file);
        if (got.value_or(0) == 0)
            return false;
        text_ += as_text(std::span(room_).first(*got));
        if (file.is_open() and take_file_)
            code_ = take_file_(std::move(file));
        return true;
    }

    void take_lines()
    {
        std::size_t begin = 0;
        for (auto end = text_.find('\n'); end != std::string::npos and not code_.has_value();
            end = text_.find('\n', begin)) {
            code_ = print_answer(std::string_view(text_).substr(begin, end - begin));
            begin = end + 1;
        }
        text_.erase(0, begin);
    }

    Socket const& server_;
    FileTaker const& take_file_;
    std::array<std::byte, 16384> room_ {};
    std::string text_;
    std::optional<int> code_;
};

} // namespace

std::optional<int> print_answer(std::string_view line)
{
    if (line.ends_with('\n'))
        line.remove_suffix(1);
    char const sign = line.empty() ? ' ' : line.front();
    std::string const words(line.substr(line.empty() ? 0 : 1));
    if (sign == '.')
        std::printf("%s\n", words.c_str());
    else if (sign == '!')
        std::fprintf(stderr, "duetd: %s\n", words.c_str());
    if (sign != '=')
        return std::nullopt;
    int code = exit_code::failed;
    std::from_chars(words.data(), words.data() + words.size(), code);
    return code;
}

Result<Socket, NoServer> call_the_server(std::string const& data)
{
    Endpoint endpoint;
    endpoint.path = data + "/admin.sock";
    auto socket = Socket::connect_blocking(endpoint);
    if (socket.has_value())
        return std::move(*socket);
    // Whatever else went wrong, one may be running.
    int const code = socket.error().code;
    bool const is_sure = code == ENOENT or code == ECONNREFUSED;
    return fail(NoServer {
        is_sure, is_sure ? "no server runs on " + data : "cannot " + socket.error().text()});
}

int ask_the_server(Socket const& server, std::string_view line, FileTaker const& take_file)
{
    std::string const asked = std::string(line) + "\n";
    // A server that closed at once may have said why.
    static_cast<void>(server.send(as_bytes(asked)));
    return Answer(server, take_file).read();
}

int ask_the_server(std::string const& data, std::string_view line)
{
    auto const server = call_the_server(data);
    if (server.has_value())
        return ask_the_server(*server, line);
    std::fprintf(stderr, "duetd: %s\n", server.error().words.c_str());
    return exit_code::failed;
}

} // namespace duet
