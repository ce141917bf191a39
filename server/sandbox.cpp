#include "server/sandbox.hpp"

#include "server/landlock.hpp"
#include "server/seccomp.hpp"

#include <sys/prctl.h>

namespace duet {

namespace {

std::string words_of(Result<std::string, std::string> const& held)
{
    return held.has_value() ? *held : "not held: " + held.error();
}

} // namespace

// The leak checker of a build with sanitizers traces its own process, and others open files of their own.
bool has_sandbox()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return false;
#else
    return true;
#endif
#else
    return true;
#endif
}

std::vector<std::string> enter_sandbox(SandboxRules const& rules)
{
    if (not has_sandbox())
        return {"no sandbox: this build watches itself"};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return {"no sandbox: the kernel cannot even refuse new privileges"};
    std::vector<std::string> words {"sandbox: no new privileges"};
    words.push_back("sandbox: " + words_of(hold_files(rules)));
    words.push_back("sandbox: " + words_of(refuse_system_calls()));
    return words;
}

} // namespace duet
