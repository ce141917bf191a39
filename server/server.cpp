#include "server/server.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "server/exit_code.hpp"

#include <sys/statvfs.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <csignal>
#include <thread>

namespace duet {

namespace {

/// A tick comes at least so often, and looks after what nobody tells us of.
constexpr std::chrono::milliseconds heartbeat {1000};

std::uint64_t free_bytes_at(std::string const& directory)
{
    struct statvfs disk {};
    return ::statvfs(directory.c_str(), &disk) == 0 ? disk.f_bavail * disk.f_frsize : 0;
}

} // namespace

Server::Server(Ground ground)
    : ground_(std::move(ground))
    , loop_(*ground_.loop)
    , chat_(ground_.store.store(), random_, ground_.keys, "duetd " DUET_VERSION)
    , connections_(loop_)
    , keeper_(loop_, connections_, ground_.admission, metrics_)
    , guests_(loop_, connections_, ground_.certificate->context(), chat_, outbox_, keeper_,
          ground_.proxies)
    , acceptor_(std::in_place, loop_, std::move(ground_.listeners), guests_)
    , clear_acceptor_(std::in_place, loop_, std::move(ground_.clear_listeners), guests_.in_clear())
    , signals_(loop_, {SIGTERM, SIGINT, SIGHUP}, *this)
    , reports_(ground_.data + "/reports")
    , scribe_(ground_.store.store(), loop_, &reports_)
    , ballast_(ground_.store.store(), ground_.data)
    , retention_(ground_.store.store(), loop_, ground_.retention)
    , admin_(loop_, connections_, ground_.store.store(), std::move(ground_.admin), ground_.data,
          ground_.come_in)
{
    // Its threads begin here, where signals are blocked already. One core is left to the loop.
    connections_.give_handshakes_to(std::min<std::size_t>(
        limits::handshake_threads_max, std::max(1u, std::thread::hardware_concurrency()) - 1));
    if (not ground_.metrics.empty())
        page_.emplace(loop_, connections_, std::move(ground_.metrics),
            MetricsPage::Answers {
                [this] { return metrics_page(); }, [this] { return sickness(); }});
}

Server::~Server()
{
    loop_.stop_timer(timer_);
}

int Server::run()
{
    chat_.set_rules(ground_.rules);
    chat_.move_to(ground_.moved_to, outbox_);
    sd_notify(0, "READY=1");
    while (not must_stop_ and not has_failed())
        tick();
    sd_notify(0, "STOPPING=1");
    if (not has_failed())
        stop_in_order();
    return has_failed() ? exit_code::store_failed : exit_code::ok;
}

/// All that duet does is one turn of this.
void Server::tick()
{
    wait_for_deadline();
    loop_.turn();      // net: bytes from sockets; doors and core: what they say
    hear_the_scribe(); // core: who must hear what is on disk by now
    chat_.pass_time(guests_.now(), outbox_); // core: what was due is done
    ground_.certificate->pass_time(guests_.now());
    scribe_.take(chat_.take_drafts()); // scribe: all that this tick drafted
    scribe_.take(admin_.take_drafts());
    if (auto const address = admin_.take_move(); address.has_value())
        chat_.move_to(*address, outbox_);
    if (not must_stop_)
        scribe_.take(retention_.take_drafts());
    chat_.set_scribe_is_behind(scribe_.is_behind());
    guests_.deliver(); // doors: events → bytes
    guests_.take_turns();
    admin_.pass_on();
    connections_.flush(); // net: bytes to the sockets
}

void Server::hear_the_scribe()
{
    for (Outcome const& outcome : scribe_.finished()) {
        chat_.finished(outcome, outbox_);
        admin_.finished(outcome);
        if (std::holds_alternative<Appended>(outcome))
            metrics_.stored_message();
    }
    for (auto const took : scribe_.times_taken())
        metrics_.wrote(took);
}

void Server::wait_for_deadline()
{
    auto const now = std::chrono::steady_clock::now();
    // What was asked while we delivered is not with the scribe yet.
    auto until = chat_.has_drafts() ? now : now + heartbeat;
    if (auto const next = chat_.next_deadline(); next.has_value())
        until = std::min(until, *next);
    // Rounded up: a tick that comes a little too early would find nothing due, and come again.
    auto const delay = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    loop_.stop_timer(timer_);
    timer_ = loop_.start_timer(std::max(delay, std::chrono::milliseconds(0)), *this);
}

bool Server::has_failed()
{
    auto const failure = ground_.store.store().failure();
    if (failure.has_value())
        log_error("the store failed, and nothing more is taken: " + *failure);
    return failure.has_value();
}

std::string Server::metrics_page()
{
    Metrics::Looks looks;
    guests_.count_into(looks);
    looks.unindexed_bytes = ground_.store.store().unindexed_bytes();
    looks.free_bytes = free_bytes_at(ground_.data);
    looks.log_lines_lost = log_lines_lost();
    looks.certificate_days = std::chrono::duration<double, std::ratio<86400>>(
        ground_.certificate->good_until() - guests_.now().label)
                                 .count();
    return metrics_.page(looks);
}

std::string Server::sickness()
{
    if (auto const failure = ground_.store.store().failure(); failure.has_value())
        return "the store failed: " + *failure;
    return scribe_.is_behind() ? "the disk is too slow for what is said" : "";
}

void Server::signalled(int number)
{
    if (number == SIGHUP)
        return ground_.certificate->look(guests_.now());
    log_info("stopping: signal " + std::to_string(number));
    must_stop_ = true;
}

/// Nobody new comes in; what was said by now is stored and answered; then everybody is told.
void Server::stop_in_order()
{
    acceptor_.reset();
    clear_acceptor_.reset();
    guests_.stop_listening();
    auto const patience = std::chrono::steady_clock::now() + limits::drain_time_max;
    while ((not scribe_.is_idle() or chat_.has_drafts()) and not has_failed()
        and std::chrono::steady_clock::now() < patience)
        tick();
    chat_.say_goodbye(outbox_);
    guests_.deliver();
    connections_.flush();
    auto const until = std::chrono::steady_clock::now() + limits::drain_silence_max;
    while (guests_.count() > 0 and std::chrono::steady_clock::now() < until)
        tick();
}

} // namespace duet
