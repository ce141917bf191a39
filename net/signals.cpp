#include "net/signals.hpp"

#include "base/check.hpp"

#include <sys/signalfd.h>

namespace duet {

Signals::Signals(Loop& loop, std::initializer_list<int> numbers, SignalHandler& handler)
    : loop_(loop), handler_(handler)
{
    sigset_t set;
    sigemptyset(&set);
    for (int const number : numbers)
        sigaddset(&set, number);
    ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    descriptor_ = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (not descriptor_.is_open())
        give_up("signals cannot be watched: no descriptor is left");
    watch_ = loop_.watch(descriptor_.number(), Interest::reading, *this);
}

Signals::~Signals()
{
    loop_.unwatch(watch_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::ready(Tag, Ready)
{
    signalfd_siginfo signal {};
    while (::read(descriptor_.number(), &signal, sizeof signal) == sizeof signal)
        handler_.signalled(static_cast<int>(signal.ssi_signo));
}

} // namespace duet
