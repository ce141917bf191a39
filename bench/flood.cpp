// What very many callers at once do to a talk that is going on. The real program listens:
//
//     caller ⇄ duet listen --plain ⇄ (pipes) console, which says again what it hears
//
// The caller's lines go there and back, undisturbed first; then as many callers as asked for come at
// once, each of whom must be told `busy` and nothing else. Then the same crowd goes to somebody else
// on this machine, a bare loop that tells it the same: what that does to the talk, the machine does,
// and not duet.
//
//     bench_flood DUET [CALLERS [TIMES]]

#include "bench/bare.hpp"
#include "bench/measure.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <span>
#include <string>

namespace duet::bench {

namespace {

using namespace std::chrono_literals;

constexpr auto undisturbed_time = 1s; // before each crowd
constexpr auto line_every = 1ms;
constexpr int flood_patience_ms = 30'000;
constexpr std::uint32_t first_source = 0x7F010101; // 127.1.1.1
constexpr std::string_view busy = "busy\n";
constexpr std::string_view text =
    "The quick brown fox jumps over the lazy dog, and then once more\n";

struct Pipe {
    Descriptor out;
    Descriptor in;
};

Pipe make_pipe()
{
    std::array<int, 2> ends;
    must(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
    return {Descriptor(ends[0]), Descriptor(ends[1])};
}

// The talk

/// The program, with its standard streams in our hands.
class Listening {
public:
    explicit Listening(char const* program)
        : process_(begin(program)), port_(read_port()), console_(begin_console())
    {
    }

    ~Listening()
    {
        wait_for(console_);
        must(::waitpid(process_, nullptr, 0), "wait for the program");
    }

    Listening(Listening const&) = delete;
    Listening& operator=(Listening const&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    pid_t begin(char const* program)
    {
        std::array<std::string, 4> words {program, "listen", "--plain", "127.0.0.1:0"};
        std::array<char*, 5> command {
            words[0].data(), words[1].data(), words[2].data(), words[3].data(), nullptr};
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, input_.out.number(), STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, output_.in.number(), STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, errors_.in.number(), STDERR_FILENO);
        pid_t process = 0;
        if (::posix_spawn(&process, program, &actions, nullptr, command.data(), environ) != 0)
            stop("the program cannot be started");
        ::posix_spawn_file_actions_destroy(&actions);
        // Held by us as well, their other ends would never see an end.
        input_.out.close();
        output_.in.close();
        errors_.in.close();
        return process;
    }

    pid_t begin_console()
    {
        pid_t const console =
            begin_child([this] { echo(output_.out.number(), input_.in.number()); });
        output_.out.close();
        input_.in.close();
        return console;
    }

    /// From "Server running 127.0.0.1:PORT".
    std::uint16_t read_port() const
    {
        constexpr std::string_view before = "127.0.0.1:";
        std::string said;
        std::array<char, 1024> room;
        while (said.find('\n') == std::string::npos) {
            ssize_t const came =
                must(::read(errors_.out.number(), room.data(), room.size()), "read its words");
            if (came == 0)
                stop("the program has ended");
            said.append(room.data(), static_cast<std::size_t>(came));
        }
        std::size_t const at = said.find(before);
        if (at == std::string::npos)
            stop("the program does not say where it listens");
        return static_cast<std::uint16_t>(
            std::strtoul(said.c_str() + at + before.size(), nullptr, 10));
    }

    static void echo(int from, int to)
    {
        std::array<char, 64 * 1024> room;
        while (ssize_t const came = must(::read(from, room.data(), room.size()), "read"))
            must(::write(to, room.data(), static_cast<std::size_t>(came)), "write");
    }

    Pipe input_ = make_pipe();
    Pipe output_ = make_pipe();
    Pipe errors_ = make_pipe(); // what else it has to say fits into the pipe
    pid_t process_;
    std::uint16_t port_;
    pid_t console_;
};

/// Says a line every millisecond, whether or not those before it have come back; the clock of each
/// begins when it was due. So a stall is met by all lines that fall into it, not by one alone.
class Talker {
public:
    explicit Talker(int socket) : socket_(socket)
    {
        timeval const patience {.tv_sec = flood_patience_ms / 1000, .tv_usec = 0};
        must(::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience),
            "limit the wait for a line");
    }

    /// Talks until `is_over`, and then until all that was said has come back.
    template <typename IsOver>
    std::vector<Duration> talk(IsOver const& is_over)
    {
        std::vector<Duration> latencies;
        for (auto due = Clock::now(); not is_over(); due += line_every) {
            hear_until(due, latencies);
            send_all(socket_, text);
            due_.push_back(due);
        }
        while (not due_.empty())
            hear(latencies);
        return latencies;
    }

private:
    void hear_until(Clock::time_point due, std::vector<Duration>& latencies)
    {
        for (;;) {
            Duration const left = due - Clock::now();
            if (left <= 0ns)
                return;
            timespec const patience {.tv_sec = 0, .tv_nsec = left.count()};
            pollfd entry {.fd = socket_, .events = POLLIN, .revents = 0};
            if (must(::ppoll(&entry, 1, &patience, nullptr), "wait for a line") > 0)
                hear(latencies);
        }
    }

    void hear(std::vector<Duration>& latencies)
    {
        std::array<char, 4096> room;
        auto const came = receive_some(socket_, room.data(), room.size());
        if (came.empty())
            stop("the talk has ended");
        auto const now = Clock::now();
        for (char const letter : came) {
            if (letter != text[heard_++ % text.size()])
                stop("a line came back as another");
            if (heard_ % text.size() == 0) {
                latencies.push_back(now - due_.front());
                due_.pop_front();
            }
        }
    }

    int socket_;
    std::size_t heard_ = 0;             // bytes
    std::deque<Clock::time_point> due_; // of the lines under way
};

// The crowd

/// All call at once, and each waits for its `busy` and for the end.
class Crowd {
public:
    Crowd(std::size_t count, std::uint16_t port, std::uint32_t source)
        : epoll_(must(::epoll_create1(EPOLL_CLOEXEC), "make an epoll")), callers_(count)
    {
        for (std::size_t i = 0; i < count; ++i) {
            callers_[i].socket = begin_bare_connect(port, source);
            epoll_event event {.events = EPOLLIN, .data = {.u64 = i}};
            must(::epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, callers_[i].socket.number(), &event),
                "watch a caller");
        }
    }

    void wait_until_all_were_told()
    {
        std::array<epoll_event, 256> events;
        for (std::size_t told = 0; told < callers_.size();) {
            int const count = must(::epoll_wait(epoll_.number(), events.data(),
                                       static_cast<int>(events.size()), flood_patience_ms),
                "wait for the crowd");
            if (count == 0)
                stop(("only " + std::to_string(told) + " callers were told busy").c_str());
            for (epoll_event const& event :
                std::span(events).first(static_cast<std::size_t>(count)))
                told += std::size_t {hear(callers_[event.data.u64])};
        }
    }

private:
    struct Caller {
        Descriptor socket;
        std::string heard;
    };

    /// True if the caller has heard all.
    static bool hear(Caller& caller)
    {
        std::array<char, 64> room;
        for (;;) {
            ssize_t const came =
                ::recv(caller.socket.number(), room.data(), room.size(), MSG_DONTWAIT);
            if (came < 0 and errno == EAGAIN)
                return false;
            if (must(came, "hear that they are busy") == 0)
                break;
            caller.heard.append(room.data(), static_cast<std::size_t>(came));
        }
        if (caller.heard != busy)
            stop("a caller heard something else than busy");
        caller.socket.close();
        return true;
    }

    Descriptor epoll_;
    std::vector<Caller> callers_;
};

/// A bare loop that tells `count` callers that it is busy.
void be_busy(int listener, std::size_t count)
{
    std::array<char, 64> room;
    for (std::size_t i = 0; i < count; ++i) {
        Descriptor const caller(must(::accept(listener, nullptr, nullptr), "accept"));
        send_all(caller.number(), busy);
        ::shutdown(caller.number(), SHUT_WR);
        while (::recv(caller.number(), room.data(), room.size(), MSG_DONTWAIT) > 0) { }
    }
}

// Measuring

struct Meeting {
    std::vector<Duration> latencies;
    Duration took;
};

/// The talk, from before a crowd calls at `port` until all of it were told.
Meeting meet(Talker& talker, std::size_t callers, std::uint16_t port, std::uint32_t source)
{
    auto const before = Clock::now();
    pid_t const crowd =
        begin_child([&] { Crowd(callers, port, source).wait_until_all_were_told(); });
    bool is_over = false;
    auto latencies = talker.talk([&] {
        int status = 0;
        if (is_over)
            return true;
        is_over = must(::waitpid(crowd, &status, WNOHANG), "look for the crowd") != 0;
        if (is_over and status != 0)
            stop("not all of the crowd were told");
        return is_over;
    });
    return {std::move(latencies), Clock::now() - before};
}

void tell_all(std::string const& name, std::vector<Meeting>& meetings)
{
    std::vector<double> p50;
    std::vector<double> p99;
    std::vector<double> most;
    std::vector<double> took;
    std::size_t lines = 0;
    for (Meeting& meeting : meetings) {
        lines += meeting.latencies.size();
        auto const found = percentiles(meeting.latencies);
        p50.push_back(static_cast<double>(found.p50.count()));
        p99.push_back(static_cast<double>(found.p99.count()));
        most.push_back(static_cast<double>(found.most.count()));
        took.push_back(static_cast<double>(meeting.took.count()));
    }
    tell(name + "_lines", static_cast<double>(lines));
    tell(name + "_p50_ns", median(p50));
    tell(name + "_p99_ns", median(p99));
    tell(name + "_most_ns", median(most));
    tell(name + "_took_ns", median(took));
}

void measure(char const* program, std::size_t callers, std::size_t times)
{
    raise_descriptor_limit();
    ::prctl(PR_SET_TIMERSLACK, 1); // or each line would be said up to 50 µs late
    Listening const listening(program);
    Descriptor const caller = bare_connect(listening.port());
    Talker talker(caller.number());
    talker.talk([end = Clock::now() + 200ms] { return Clock::now() > end; });

    std::vector<Meeting> undisturbed;
    std::vector<Meeting> flooded;
    std::vector<Meeting> beside;
    auto source = first_source; // new ones each time: old ports rest for a minute
    for (std::size_t i = 0; i < times; ++i) {
        auto const end = Clock::now() + undisturbed_time;
        undisturbed.push_back(
            {talker.talk([end] { return Clock::now() > end; }), undisturbed_time});
        flooded.push_back(meet(talker, callers, listening.port(), source++));

        BareListener const neighbour = bare_listen();
        pid_t const host = begin_child([&] { be_busy(neighbour.descriptor.number(), callers); });
        beside.push_back(meet(talker, callers, neighbour.port, source++));
        wait_for(host);
    }
    tell("callers", static_cast<double>(callers));
    tell("times", static_cast<double>(times));
    tell_all("undisturbed", undisturbed);
    tell_all("flooded", flooded);
    tell_all("beside", beside);
}

} // namespace

} // namespace duet::bench

int main(int count, char** values)
{
    using namespace duet::bench;
    if (count < 2)
        stop("which program?");
    measure(values[1], count > 2 ? std::strtoul(values[2], nullptr, 10) : 5'000,
        count > 3 ? std::strtoul(values[3], nullptr, 10) : 9);
}
