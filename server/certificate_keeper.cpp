#include "server/certificate_keeper.hpp"

#include "base/limits.hpp"
#include "base/log.hpp"
#include "net/tls_certificate.hpp"
#include "server/data_directory.hpp"

#include <sys/stat.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <utility>

namespace duet {

namespace {

std::string date(Time time)
{
    auto const day = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(time));
    std::array<char, 32> text {};
    std::snprintf(text.data(), text.size(), "%d-%02u-%02u", static_cast<int>(day.year()),
        static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return text.data();
}

} // namespace

using Created = Result<std::unique_ptr<CertificateKeeper>, std::string>;

Created CertificateKeeper::of_operator(CertificateFiles files, Now now)
{
    std::unique_ptr<CertificateKeeper> keeper(new CertificateKeeper(std::move(files), false, {}));
    return begin(std::move(keeper), now);
}

Created CertificateKeeper::of_our_own(std::string const& path, std::string host, Now now)
{
    std::unique_ptr<CertificateKeeper> keeper(
        new CertificateKeeper({path, path}, true, std::move(host)));
    return begin(std::move(keeper), now);
}

Created CertificateKeeper::begin(std::unique_ptr<CertificateKeeper> keeper, Now now)
{
    TRY_VOID(keeper->take_up(now.label));
    keeper->next_look_ = now.at + limits::certificate_interval;
    return keeper;
}

CertificateKeeper::CertificateKeeper(CertificateFiles files, bool is_own, std::string host)
    : files_(std::move(files)), is_own_(is_own), host_(std::move(host))
{
}

void CertificateKeeper::pass_time(Now now)
{
    if (now.at >= next_look_)
        look(now);
}

void CertificateKeeper::look(Now now)
{
    next_look_ = now.at + limits::certificate_interval;
    bool const is_due = is_own_ and now.label >= good_until_ - limits::certificate_renewal;
    if (not is_due and stamps() == taken_)
        return;
    auto const taken = take_up(now.label);
    // What is half written is tried again; it is told once.
    std::string const words = taken.has_value() ? "" : taken.error();
    if (not words.empty() and words != told_)
        log_warning(words + "; the certificate from before is shown");
    told_ = words;
}

/// Shows what lies there; makes one first, if it is ours and there is none that is good.
Result<void, std::string> CertificateKeeper::take_up(Time now)
{
    if (is_own_ and must_be_made(now))
        TRY_VOID(make(now));
    Stamps const found = stamps(); // before it is read: a change meanwhile is seen the next time
    auto const dates = TRY(dates_of_certificate(files_.certificate));
    if (context_ == nullptr)
        context_ = TRY(TlsContext::for_server(files_));
    else
        TRY_VOID(context_->reload(files_));
    taken_ = found;
    good_until_ = dates.until;
    log_info((is_own_ ? "a certificate of our own is shown, good until "
                      : "the certificate " + files_.certificate + " is shown, good until ")
        + date(good_until_));
    return {};
}

bool CertificateKeeper::must_be_made(Time now) const
{
    auto const dates = dates_of_certificate(files_.certificate);
    if (not dates.has_value() or now >= dates->until - limits::certificate_renewal)
        return true;
    // Damaged, or a key from another one: nobody misses it.
    return context_ == nullptr and not TlsContext::for_server(files_).has_value();
}

/// It is good from the day before: clocks differ.
Result<void, std::string> CertificateKeeper::make(Time now) const
{
    std::string const made =
        make_certificate(host_, {now - std::chrono::days(1), now + limits::certificate_life});
    return write_whole(files_.certificate, as_bytes(made));
}

CertificateKeeper::Stamp CertificateKeeper::stamp_of(std::string const& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return {};
    constexpr std::int64_t nanoseconds = 1'000'000'000;
    return {status.st_dev, status.st_ino,
        status.st_mtim.tv_sec * nanoseconds + status.st_mtim.tv_nsec, status.st_size};
}

CertificateKeeper::Stamps CertificateKeeper::stamps() const
{
    return {stamp_of(files_.certificate), stamp_of(files_.key)};
}

} // namespace duet
