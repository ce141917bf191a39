#include "terminal/plain_chat.hpp"

#include "base/check.hpp"
#include "base/log.hpp"
#include "console/words.hpp"
#include "terminal/exit_code.hpp"

#include <unistd.h>

#include <string>

namespace duet {

PlainChat::PlainChat(Loop& loop)
    : loop_(loop)
    , signals_(loop, {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH}, *this)
    , connections_(loop)
    , departures_(loop, connections_)
    , console_(loop, tr("Message >>") + ' ')
{
}

void PlainChat::begin_talk(Side side, bool is_one_of_many, Socket socket)
{
    check(not is_talking());
    talk_.emplace(
        loop_, connections_, departures_, console_, side, is_one_of_many, std::move(socket));
}

TalkEnd PlainChat::end_talk()
{
    check(talk_is_over());
    TalkEnd const end = talk_->end();
    talk_.reset();
    return end;
}

void PlainChat::turn()
{
    loop_.turn();
    connections_.flush();
    console_.flush();
}

int PlainChat::stop(std::string_view last_word, int code)
{
    console_.tell(last_word);
    console_.flush();
    // As any program does, we wait for whoever reads our output, unless we are told not to.
    int const told_before = times_stopped_;
    while (not console_.is_flushed() and times_stopped_ == told_before)
        turn();
    return stopped_by_ != 0 ? 128 + stopped_by_ : code;
}

void PlainChat::signalled(int number)
{
    if (number == SIGWINCH)
        return console_.resize();
    if (number == SIGTSTP)
        return stop_process();
    if (number == SIGCONT)
        return console_.resume();
    log_info("stopped by signal " + std::to_string(number));
    stopped_by_ = number;
    ++times_stopped_;
    if (is_talking())
        talk_->interrupt();
}

void PlainChat::stop_process()
{
    console_.suspend();
    ::kill(::getpid(), SIGSTOP); // when the shell lets us go on, SIGCONT says so
}

int exit_code_of(TalkEnd end)
{
    return end == TalkEnd::failed ? exit_code::failed : exit_code::ok;
}

} // namespace duet
