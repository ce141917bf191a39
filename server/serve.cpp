// From a configuration to a server that runs: opens everything, and says what it does.

#include "base/log.hpp"
#include "core/scribe.hpp"
#include "server/backup.hpp"
#include "server/exit_code.hpp"
#include "server/new_address.hpp"
#include "server/sandbox_rules.hpp"
#include "server/server.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

namespace duet {

namespace {

void say(std::string const& words)
{
    std::fprintf(stderr, "duetd: %s\n", words.c_str());
}

std::vector<Endpoint> endpoints_of(Configuration const& configuration)
{
    if (not configuration.listen.empty() or not configuration.clear.empty())
        return configuration.listen;
    Endpoint sixth;
    sixth.host = "::1";
    return {Endpoint {}, sixth};
}

/// Without a configuration a machine without IPv6 is as good as any.
bool may_be_missing(Configuration const& configuration, Endpoint const& endpoint)
{
    return configuration.listen.empty() and endpoint.host == "::1";
}

Result<std::vector<Listener>, std::string> listen(
    Configuration const& configuration, std::vector<Endpoint> const& endpoints)
{
    std::vector<Listener> all;
    for (Endpoint const& endpoint : endpoints) {
        auto some = listen_on(endpoint);
        if (not some.has_value() and may_be_missing(configuration, endpoint))
            continue;
        if (not some.has_value())
            return fail("cannot " + some.error().text());
        std::ranges::move(*some, std::back_inserter(all));
    }
    return all;
}

Result<Listener, std::string> listen_for_the_operator(DataDirectory const& directory)
{
    Endpoint endpoint;
    endpoint.path = directory.path("admin.sock");
    auto listeners = listen_on(endpoint);
    if (not listeners.has_value())
        return fail("cannot " + listeners.error().text());
    return std::move(listeners->front());
}

/// What it tells is for whoever is on this machine.
Result<std::vector<Listener>, std::string> listen_for_metrics(Configuration const& configuration)
{
    if (not configuration.metrics.has_value())
        return std::vector<Listener> {};
    auto listeners = listen_on(*configuration.metrics);
    if (not listeners.has_value())
        return fail("cannot " + listeners.error().text());
    for (Listener const& listener : *listeners) {
        if (not listener.address().is_loopback())
            return fail("the page of numbers is for this machine alone, and "
                + listener.address().text() + " is more");
    }
    return std::move(*listeners);
}

void hold_to_the_sandbox(Configuration const& configuration)
{
    if (not configuration.has_sandbox)
        return log_warning("no sandbox: so it was asked for");
    for (std::string const& words : enter_sandbox(sandbox_rules(configuration)))
        log_info(words);
}

/// What the configuration says, or else what the operator has said to the process before.
std::string moved_to(Configuration const& configuration)
{
    std::string const& chosen = configuration.moved_to;
    std::string const address = chosen.empty() ? new_address_in(configuration.data) : chosen;
    if (not address.empty())
        log_warning("this server has moved to " + address + ": nothing is taken here");
    return address;
}

/// Where a person is told to come in: the first place of all, one with TLS if there is any.
std::string come_in(Configuration const& configuration, std::vector<Listener> const& listeners,
    std::vector<Listener> const& clear_listeners)
{
    Address const address =
        (listeners.empty() ? clear_listeners.front() : listeners.front()).address();
    if (configuration.name.empty() or address.is_unix())
        return address.text();
    return configuration.name + ':' + std::to_string(address.port());
}

Result<std::unique_ptr<CertificateKeeper>, std::string> show_certificate(
    Configuration const& configuration, DataDirectory const& directory)
{
    Now const now {std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()),
        std::chrono::steady_clock::now()};
    if (not configuration.certificate.empty())
        return CertificateKeeper::of_operator({configuration.certificate, configuration.key}, now);
    std::string const host = configuration.name.empty() ? "localhost" : configuration.name;
    return CertificateKeeper::of_our_own(directory.path("certificate.pem"), host, now);
}

Result<Ground, std::string> open(Configuration const& configuration)
{
    auto directory = TRY(DataDirectory::hold(configuration.data));
    if (::access(directory.path(unfinished_restore).c_str(), F_OK) == 0)
        return fail(configuration.data
            + " holds a restore that did not come to its end; empty it, and restore the backup "
              "again");
    hold_to_the_sandbox(configuration); // before the first thread
    remove_unfinished_backup(configuration.data);
    auto const keys = TRY(directory.keys());
    auto store = TRY(OpenStore::open(
        configuration.data, [](std::string_view words) { say(std::string(words)); }));
    auto loop = Loop::create();
    if (not loop.has_value())
        return fail("cannot " + loop.error().text());
    auto certificate = TRY(show_certificate(configuration, directory));
    auto listeners = TRY(listen(configuration, endpoints_of(configuration)));
    auto clear_listeners = TRY(listen(configuration, configuration.clear));
    auto admin = TRY(listen_for_the_operator(directory));
    auto metrics = TRY(listen_for_metrics(configuration));
    std::string const name = come_in(configuration, listeners, clear_listeners);
    return Ground {std::move(directory), keys, std::move(store), std::move(*loop),
        std::move(certificate), std::move(listeners), std::move(clear_listeners), std::move(admin),
        configuration.data, name, {configuration.retention_age, configuration.retention_bytes},
        configuration.limits.admission, Proxies(configuration.trusted_proxies), std::move(metrics),
        moved_to(configuration), {.pace = configuration.limits.pace}};
}

/// A server without anybody: somebody must be the first.
void invite_the_first(Ground& ground)
{
    JournalStore& store = ground.store.store();
    if (store.last_person() != PersonId {})
        return;
    SystemRandom random;
    auto const now =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    std::string const secret = make_secret(random);
    Draft const draft = InviteDraft {{}, secret, Invitation::For::person, PersonId {}, {}, now};
    auto const outcomes = Scribe(store).write({&draft, 1});
    if (not std::holds_alternative<Invited>(outcomes.front()))
        return say("nobody is here yet, and there is no space to invite anybody; make room");
    say("nobody is here yet. The first person comes in with `duet join " + ground.come_in
        + "` and this invitation (good once, for 24 hours):");
    std::printf("%s\n", secret.c_str());
    std::fflush(stdout);
}

/// Before any thread begins, so that each of them leaves these to the loop: whoever has not blocked a
/// signal is killed by it.
void leave_signals_to_the_loop()
{
    sigset_t ours;
    ::sigemptyset(&ours);
    ::sigaddset(&ours, SIGTERM);
    ::sigaddset(&ours, SIGINT);
    ::sigaddset(&ours, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &ours, nullptr);
}

/// As many connections as the system lets us have.
void raise_descriptor_limit()
{
    rlimit limit {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit); // if it may not be, then it is as it was
}

bool open_log(Configuration const& configuration)
{
    auto const level = configuration.verbose ? LogLevel::debug : LogLevel::info;
    if (configuration.log.empty()) {
        log_to_standard_error(level);
        return true;
    }
    auto const opened = log_to_file(configuration.log, level);
    if (not opened.has_value())
        say(opened.error());
    return opened.has_value();
}

} // namespace

int serve(Configuration const& wanted)
{
    if (not open_log(wanted))
        return exit_code::failed;
    auto const numbered = without_names(wanted);
    if (not numbered.has_value()) {
        say(numbered.error());
        return exit_code::failed;
    }
    Configuration const& configuration = *numbered;
    leave_signals_to_the_loop();
    raise_descriptor_limit();
    auto ground = open(configuration);
    if (not ground.has_value()) {
        say(ground.error());
        return exit_code::failed;
    }
    for (Listener const& listener : ground->listeners)
        say("serving at " + listener.address().text());
    for (Listener const& listener : ground->metrics)
        say("numbers at " + listener.address().text());
    for (Listener const& listener : ground->clear_listeners)
        say("serving at " + listener.address().text() + ", every door in clear");
    invite_the_first(*ground);
    return Server(std::move(*ground)).run();
}

} // namespace duet
