#include "server/check.hpp"

#include "server/admin_call.hpp"
#include "server/admin_words.hpp"
#include "server/data_directory.hpp"
#include "server/exit_code.hpp"
#include "server/open_store.hpp"
#include "store/audit.hpp"
#include "store/index_file.hpp"
#include "store/journal_audit.hpp"
#include "store/posix_disk.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <optional>

namespace duet {

namespace {

constexpr std::chrono::seconds progress_interval {1};

class Check {
public:
    Check(JournalStore& store, std::string const& directory, Customer& customer)
        : store_(store), directory_(directory), customer_(customer)
    {
        ears_.fault = [this](std::string_view words) { fault(words); };
        ears_.goes_on = [this](AuditCounts const& so_far) { return goes_on(so_far); };
    }

    void run()
    {
        // Before anything else: what is visible by now is held against the journal at the end.
        Journal::Hold const held = store_.journal().hold();
        BatchNumber const until {store_.position()};
        AuditCounts const counts = audit(store_, ears_);
        if (not customer_.has_gone())
            check_journal(until);
        if (not customer_.has_gone())
            check_index();
        say_the_end(counts);
    }

private:
    void check_journal(BatchNumber until)
    {
        auto const disk = PosixDisk::open_directory(directory_ + "/journal");
        if (not disk.has_value())
            return fault(disk.error().text());
        auto const counts = audit_journal(**disk, until, store_, ears_);
        if (not counts.has_value())
            fault(counts.error().text());
    }

    void check_index()
    {
        auto const faults = faults_of_index(directory_ + "/index.db");
        if (not faults.has_value())
            return fault("index.db: " + faults.error().words);
        for (std::string const& words : *faults)
            fault("index.db: " + words);
    }

    void say_the_end(AuditCounts const& counts)
    {
        if (customer_.has_gone())
            return;
        std::string const looked_at = fmt::format("{} persons, {} conversations, {} entries",
            counts.persons, counts.conversations, counts.entries);
        if (faults_ == 0)
            customer_.say(admin::output("all is well: " + looked_at));
        else
            customer_.say(admin::error(fmt::format("{} faults in {}", faults_, looked_at)));
        customer_.say(admin::end(faults_ == 0 ? exit_code::ok : exit_code::failed));
    }

    void fault(std::string_view words)
    {
        if (++faults_ <= faults_told_max)
            customer_.say(admin::output(words));
    }

    bool goes_on(AuditCounts const& so_far)
    {
        auto const now = std::chrono::steady_clock::now();
        if (now >= next_progress_) {
            next_progress_ = now + progress_interval;
            customer_.say(admin::error(
                fmt::format("{} persons and {} entries so far", so_far.persons, so_far.entries)));
        }
        return not customer_.has_gone();
    }

    JournalStore& store_;
    std::string const& directory_;
    Customer& customer_;
    AuditEars ears_;
    std::uint64_t faults_ = 0;
    std::chrono::steady_clock::time_point next_progress_ =
        std::chrono::steady_clock::now() + progress_interval;
};

/// Prints at once what a server would have sent.
class Console final : public Customer {
public:
    void say(std::string words) override
    {
        if (auto const code = print_answer(words); code.has_value())
            code_ = *code;
    }

    void give(std::string, Descriptor) override { }
    bool has_gone() override { return false; }

    [[nodiscard]] int code() const { return code_; }

private:
    int code_ = exit_code::failed;
};

int cannot(std::string const& words)
{
    std::fprintf(stderr, "duetd: %s\n", words.c_str());
    return exit_code::failed;
}

} // namespace

void check_store(JournalStore& store, std::string const& directory, Customer& customer)
{
    Check(store, directory, customer).run();
}

int check_alone(std::string const& directory)
{
    struct stat status {};
    if (::stat((directory + "/journal").c_str(), &status) != 0) // to look makes nothing
        return cannot("there is no store in " + directory);
    auto const held = DataDirectory::hold(directory);
    if (not held.has_value())
        return cannot(held.error());
    auto store = OpenStore::open(directory, [](std::string_view words) {
        std::fprintf(stderr, "duetd: %s\n", std::string(words).c_str());
    });
    if (not store.has_value())
        return cannot(store.error());
    Console console;
    check_store(store->store(), directory, console);
    return std::fflush(stdout) == 0 ? console.code() : exit_code::failed;
}

} // namespace duet
