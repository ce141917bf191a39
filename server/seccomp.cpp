#include "server/seccomp.hpp"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace duet {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0; // its numbers are not known here
#endif

/// Those that no server of ours has a use for, and somebody who has taken it over has. Not every machine has all.
constexpr std::uint32_t refused[] = {
    // another program, another process
    SYS_execve, SYS_execveat,
#ifdef SYS_fork
    SYS_fork, SYS_vfork,
#endif
    // into other processes
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_pidfd_open,
    SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_process_madvise, SYS_kill, SYS_tkill,
    SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
    // mounts and namespaces
    SYS_mount, SYS_umount2, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsmount, SYS_fsconfig,
    SYS_fspick, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns, SYS_open_by_handle_at,
    SYS_name_to_handle_at,
#ifdef SYS_mount_setattr
    SYS_mount_setattr,
#endif
    // who we are
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid,
    SYS_setfsgid, SYS_setgroups, SYS_capset, SYS_personality,
    // the kernel and the machine
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#ifdef SYS_iopl
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib,
#endif
    SYS_reboot, SYS_swapon, SYS_swapoff, SYS_syslog, SYS_acct, SYS_quotactl, SYS_vhangup,
    SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname,
    SYS_setdomainname, SYS_fanotify_init, SYS_lookup_dcookie, SYS_add_key, SYS_request_key,
    SYS_keyctl};

constexpr std::uint32_t kinds_of_sockets[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};

constexpr std::uint32_t new_namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC
    | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

/// Instructions, put one behind the other.
class Filter {
public:
    void load(std::size_t offset)
    {
        add(BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset));
    }

    /// The next instruction is for who has `value`; others pass it over.
    void if_equal(std::uint32_t value) { add(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value); }
    void unless_equal(std::uint32_t value) { add(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, value); }
    void if_at_least(std::uint32_t value) { add(BPF_JMP | BPF_JGE | BPF_K, 0, 1, value); }
    void if_any_bit(std::uint32_t bits) { add(BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits); }
    void unless_any_bit(std::uint32_t bits) { add(BPF_JMP | BPF_JSET | BPF_K, 1, 0, bits); }

    void refuse(int code) { answer(SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(code)); }
    void allow() { answer(SECCOMP_RET_ALLOW); }
    void kill() { answer(SECCOMP_RET_KILL_PROCESS); }

    /// Passes over the next `count` instructions unless the number is `value`.
    void skip_unless_equal(std::uint32_t value, std::uint8_t count)
    {
        add(BPF_JMP | BPF_JEQ | BPF_K, 0, count, value);
    }

    std::vector<sock_filter>& program() { return program_; }

private:
    void answer(std::uint32_t what) { add(BPF_RET | BPF_K, 0, 0, what); }

    void add(int code, std::uint8_t if_true, std::uint8_t if_false, std::uint32_t value)
    {
        program_.push_back({static_cast<std::uint16_t>(code), if_true, if_false, value});
    }

    std::vector<sock_filter> program_;
};

// Both kinds of machine above have the low half of a number first.
constexpr std::size_t argument(std::size_t number)
{
    return offsetof(seccomp_data, args) + number * sizeof(std::uint64_t);
}

/// Numbers of another architecture mean other calls: whoever makes such a call is up to something.
void hold_the_architecture(Filter& filter)
{
    filter.load(offsetof(seccomp_data, arch));
    filter.unless_equal(architecture);
    filter.kill();
    filter.load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    constexpr std::uint32_t x32 = 0x40000000; // the same calls with another number
    filter.if_at_least(x32);
    filter.kill();
#endif
}

/// A thread may begin, a process may not. clone3 hides what it is asked in memory, where no filter looks: the C
/// library takes clone when there is none.
void hold_clone(Filter& filter)
{
    filter.if_equal(SYS_clone3);
    filter.refuse(ENOSYS);
    filter.skip_unless_equal(SYS_clone, 6);
    filter.load(argument(0));
    filter.unless_any_bit(CLONE_THREAD);
    filter.refuse(EPERM);
    filter.if_any_bit(new_namespaces);
    filter.refuse(EPERM);
    filter.allow();
}

void hold_sockets(Filter& filter)
{
    filter.skip_unless_equal(SYS_socket, 2 + 2 * std::size(kinds_of_sockets));
    filter.load(argument(0));
    for (std::uint32_t const kind : kinds_of_sockets) {
        filter.if_equal(kind);
        filter.allow();
    }
    filter.refuse(EPERM);
}

} // namespace

Result<std::string, std::string> refuse_system_calls()
{
    if (architecture == 0)
        return fail<std::string>("the system calls of this architecture are not known");
    Filter filter;
    hold_the_architecture(filter);
    for (std::uint32_t const number : refused) {
        filter.if_equal(number);
        filter.refuse(EPERM);
    }
    hold_clone(filter);
    hold_sockets(filter);
    filter.allow();
    auto& program = filter.program();
    sock_fprog const all {static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &all, 0, 0) != 0)
        return fail(std::string("cannot use seccomp: ") + std::strerror(errno));
    return "system calls: " + std::to_string(std::size(refused))
        + " are refused, and so is whatever begins a process (seccomp)";
}

} // namespace duet
