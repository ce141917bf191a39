#include "server/admin_reports.hpp"

#include "base/limits.hpp"
#include "server/admin_words.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <sys/statvfs.h>

#include <algorithm>
#include <functional>
#include <ranges>
#include <vector>

namespace duet {

namespace {

constexpr std::size_t largest_shown = 20;

/// Each person in turn, until all were seen or it is to stop.
template <typename Visit>
void for_each_person(Store& store, Customer& customer, Visit visit)
{
    PersonId const last = store.last_person();
    for (auto id = PersonId {1}; id <= last and not customer.has_gone(); id = next(id)) {
        auto const person = store.person(id);
        if (person.has_value() and not person->is_awaited)
            visit(*person);
    }
}

std::string day(Time time)
{
    return fmt::format("{:%Y-%m-%d}", std::chrono::floor<std::chrono::seconds>(time));
}

void say_what_is_free(std::string const& directory, Customer& customer)
{
    struct statvfs disk {};
    if (::statvfs(directory.c_str(), &disk) == 0)
        customer.say(admin::output(fmt::format(
            "{:>12} bytes  free on the disk of {}", disk.f_bavail * disk.f_frsize, directory)));
}

} // namespace

namespace {

/// By whose invitation a person came; empty if by the operator's.
std::string inviter_of(Store& store, std::vector<Device> const& devices)
{
    if (devices.empty())
        return "";
    auto const invitation = store.invitation(devices.front().secret);
    if (not invitation.has_value() or invitation->what != Invitation::For::person)
        return "";
    auto const inviter = store.person(invitation->by);
    return inviter.has_value() ? inviter->handle : "";
}

} // namespace

void report_people(Store& store, Customer& customer)
{
    for_each_person(store, customer, [&](Person const& person) {
        auto const devices = store.devices(person.id);
        auto const live = std::ranges::count(devices, false, &Device::is_revoked);
        auto const inviter = inviter_of(store, devices);
        customer.say(admin::output(fmt::format("{}\t{}\t{} device{}\tsince {}{}{}{}", person.handle,
            person.name, live, live == 1 ? "" : "s", day(person.time),
            inviter.empty() ? "" : "\tby " + inviter, person.is_suspended ? "\tsuspended" : "", person.is_erased ? "\terased" : "")));
    });
    customer.say(admin::end(0));
}

void report_usage(Store& store, std::string const& directory, Customer& customer)
{
    std::vector<Person> people;
    std::uint64_t bytes = 0;
    for_each_person(store, customer, [&](Person const& person) {
        people.push_back(person);
        bytes += person.stored_bytes;
    });
    auto const shown = std::min(people.size(), largest_shown);
    std::ranges::partial_sort(people, people.begin() + static_cast<std::ptrdiff_t>(shown),
        std::greater(), &Person::stored_bytes);
    for (Person const& person : people | std::views::take(shown))
        customer.say(admin::output(
            fmt::format("{:>12} bytes  {:>5.1f} % of what is allowed  {}", person.stored_bytes,
                100.0 * static_cast<double>(person.stored_bytes)
                    / static_cast<double>(limits::stored_bytes_person_max),
                person.handle)));
    customer.say(
        admin::output(fmt::format("{:>12} bytes  in the texts of all {}", bytes, people.size())));
    say_what_is_free(directory, customer);
    customer.say(admin::end(0));
}

} // namespace duet
