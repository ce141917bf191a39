// What the sandbox holds, tried from inside: each test forks, enters it there, and tells by a pipe what came of it.

#include "server/sandbox.hpp"

#include "net/descriptor.hpp"
#include "net/listener.hpp"
#include "server/descriptor_passing.hpp"
#include "store/posix_disk.hpp"
#include "store/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

using namespace duet;

namespace {

/// 0 if it could be done, and the system's code if not.
using Try = std::function<int()>;

int code_of(long answer)
{
    return answer < 0 ? errno : 0;
}

int code_of_open(std::string const& path, int flags)
{
    Descriptor const file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
    return code_of(file.number());
}

class SandboxTest {
public:
    SandboxTest()
    {
        for (std::string const folder : {"data", "certificate", "elsewhere"})
            std::filesystem::create_directory(directory.file(folder));
        for (std::string const file : {"certificate/key.pem", "elsewhere/secret", "data/old"})
            std::ofstream(directory.file(file)) << "words";
    }

    /// Enters the sandbox in a process of its own, and gives what `work` says there.
    std::string inside(std::function<std::string()> const& work)
    {
        std::array<int, 2> ends {};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        pid_t const child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            std::string said;
            for (std::string const& words :
                enter_sandbox({{directory.file("data")}, {directory.file("certificate")}}))
                said += words.find("not held") == std::string::npos ? "" : "the kernel cannot: ";
            said += work();
            bool const is_told = ::write(ends[1], said.data(), said.size()) >= 0;
            ::_exit(is_told ? 0 : 1);
        }
        ::close(ends[1]);
        std::string heard;
        std::array<char, 4096> room {};
        for (ssize_t got = 0; (got = ::read(ends[0], room.data(), room.size())) > 0;)
            heard.append(room.data(), static_cast<std::size_t>(got));
        ::close(ends[0]);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        return heard;
    }

    /// What came of one try: "refused", "done", or the code's name if it failed in another way.
    std::string outcome(Try const& attempt)
    {
        return inside([&]() -> std::string {
            int const code = attempt();
            // EXDEV is how Landlock refuses to move something from one folder to another.
            if (code == EPERM or code == EACCES or code == ENOSYS or code == EXDEV)
                return "refused";
            return code == 0 ? "done" : ::strerrorname_np(code);
        });
    }

    ScratchDirectory directory;
};

bool can_be_tried()
{
    if (not has_sandbox())
        MESSAGE("not tried: a build that watches itself has no sandbox");
    return has_sandbox();
}

} // namespace

TEST_SUITE_BEGIN("sandbox");

TEST_CASE_FIXTURE(SandboxTest, "whoever takes over a server cannot reach out of it")
{
    if (not can_be_tried())
        return;
    auto const own = [this](std::string const& name) { return directory.file(name); };
    pid_t const parent = ::getpid();
    auto const listeners = listen_on({"127.0.0.1", 0, ""});
    REQUIRE(listeners.has_value());
    Address const port = listeners->front().address();
    std::array<char, 8> room {};

    std::vector<std::pair<char const*, Try>> const tries = {
        {"start a program",
            [] {
                char const* const words[] = {"/bin/true", nullptr};
                return code_of(::execv(words[0], const_cast<char* const*>(words)));
            }},
        {"start a program that is open",
            [] {
                char const* const words[] = {"true", nullptr};
                return code_of(::syscall(SYS_execveat, AT_FDCWD, "/bin/true", words, nullptr, 0));
            }},
        {"begin a process",
            [] {
                long const child =
                    ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
                if (child == 0)
                    ::_exit(0);
                return code_of(child);
            }},
        {"begin a process in the newer way",
            [] { return code_of(::syscall(SYS_clone3, nullptr, 0)); }},
        {"be traced", [] { return code_of(::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr)); }},
        {"read another process's memory",
            [&] {
                iovec const here {room.data(), room.size()};
                iovec const there {room.data(), room.size()};
                return code_of(::process_vm_readv(parent, &here, 1, &there, 1, 0));
            }},
        {"signal another process", [&] { return code_of(::kill(parent, 0)); }},
        {"take a descriptor of another process",
            [&] { return code_of(::syscall(SYS_pidfd_open, parent, 0)); }},
        {"read the system's files", [] { return code_of_open("/etc/passwd", O_RDONLY); }},
        {"look at processes", [] { return code_of_open("/proc/self/maps", O_RDONLY); }},
        {"read what lies beside", [&] { return code_of_open(own("elsewhere/secret"), O_RDONLY); }},
        {"write elsewhere", [&] { return code_of_open(own("elsewhere/new"), O_WRONLY | O_CREAT); }},
        {"write to what is only to be read",
            [&] { return code_of_open(own("certificate/key.pem"), O_WRONLY); }},
        {"cut short what lies beside",
            [&] { return code_of(::truncate(own("elsewhere/secret").c_str(), 0)); }},
        {"follow a link out",
            [&] {
                std::error_code ignored;
                std::filesystem::create_symlink(own("elsewhere/secret"), own("data/link"), ignored);
                return code_of_open(own("data/link"), O_RDONLY);
            }},
        {"move something in",
            [&] {
                return code_of(
                    ::rename(own("elsewhere/secret").c_str(), own("data/secret").c_str()));
            }},
        {"move something out",
            [&] {
                return code_of(::rename(own("data/old").c_str(), own("elsewhere/old").c_str()));
            }},
        {"remove what lies beside",
            [&] { return code_of(::unlink(own("elsewhere/secret").c_str())); }},
        {"mount", [] { return code_of(::mount("none", "/mnt", "tmpfs", 0, nullptr)); }},
        {"make a namespace", [] { return code_of(::unshare(CLONE_NEWUSER)); }},
        {"become another user", [] { return code_of(::syscall(SYS_setuid, 12345)); }},
        {"load a program into the kernel",
            [] {
                bpf_attr attributes {};
                return code_of(::syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof attributes));
            }},
        {"pass by the filter with a ring",
            [] { return code_of(::syscall(SYS_io_uring_setup, 1, nullptr)); }},
        {"listen to the wire", [] { return code_of(::socket(AF_PACKET, SOCK_RAW, 0)); }},
        {"call out",
            [&] {
                Descriptor const socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
                return code_of(::connect(socket.number(), port.data(), port.bytes()));
            }},
    };
    REQUIRE(tries.size() >= 20);
    for (auto const& [name, attempt] : tries) {
        CAPTURE(name);
        auto const outcome = this->outcome(attempt);
        if (outcome.starts_with("the kernel cannot"))
            MESSAGE("not held here: ", name);
        else
            CHECK(outcome == "refused");
    }
}

TEST_CASE_FIXTURE(SandboxTest, "what a server does every day still works")
{
    if (not can_be_tried())
        return;
    std::string const data = directory.file("data");
    auto const said = inside([&]() -> std::string {
        bool did_run = false;
        std::thread([&] { did_run = true; }).join();
        if (not did_run)
            return "no thread";
        auto const disk = PosixDisk::open_directory(data + "/journal");
        if (not disk.has_value())
            return disk.error().text();
        auto const file = (*disk)->create("segment");
        if (not file.has_value())
            return file.error().text();
        if (not(*file)->write(0, as_bytes("words")).has_value() or not(*file)->sync().has_value())
            return "not written";
        if (not(*disk)->rename("segment", "other").has_value()
            or not(*disk)->remove("other").has_value() or not(*disk)->sync_directory().has_value())
            return "not moved";
        if (code_of_open(directory.file("certificate/key.pem"), O_RDONLY) != 0)
            return "the certificate cannot be read";
        if (not listen_on({"127.0.0.1", 0, ""}).has_value())
            return "no listener";
        Endpoint path;
        path.path = data + "/admin.sock";
        auto const admin = listen_on(path);
        if (not admin.has_value() or not Socket::connect_blocking(path).has_value())
            return "no admin socket";
        return "all is well";
    });
    CHECK(said == "all is well");
}

TEST_CASE_FIXTURE(SandboxTest, "it says in words what holds")
{
    auto const heard = inside([]() -> std::string {
        std::string words;
        for (std::string const& one : enter_sandbox({{}, {}}))
            words += one + '\n';
        return words;
    });
    CHECK(heard.find("sandbox") != std::string::npos);
}

TEST_SUITE_END();
