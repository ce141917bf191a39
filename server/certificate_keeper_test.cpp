#include "server/certificate_keeper.hpp"

#include "base/limits.hpp"
#include "net/loop_fixture.hpp"
#include "net/tls_certificate.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace duet;

TEST_SUITE_BEGIN("certificate_keeper");

namespace {

class CertificateKeeperTest {
public:
    void shows_our_own()
    {
        auto made = CertificateKeeper::of_our_own(path, "chat.example", now);
        REQUIRE(made.has_value());
        keeper = std::move(*made);
    }

    void passes(std::chrono::milliseconds time)
    {
        now = {now.label + time, now.at + time};
        keeper->pass_time(now);
    }

    [[nodiscard]] std::string content() const
    {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    TestFolder folder;
    std::string const path = folder / "certificate.pem";
    Now now {Time {std::chrono::sys_days {std::chrono::year(2026) / 5 / 17}}, MonotonicTime {}};
    std::unique_ptr<CertificateKeeper> keeper;
};

constexpr std::chrono::milliseconds a_while = 2 * limits::certificate_interval;

} // namespace

TEST_CASE_FIXTURE(CertificateKeeperTest, "our own certificate is made once, and stays")
{
    shows_our_own();
    std::string const first = content();
    CHECK(keeper->good_until() == now.label + limits::certificate_life);
    shows_our_own();
    passes(a_while);
    CHECK(content() == first);
}

TEST_CASE_FIXTURE(CertificateKeeperTest, "before its end another one is made, with another key")
{
    shows_our_own();
    std::string const first = content();
    passes(limits::certificate_life - limits::certificate_renewal - a_while);
    CHECK(content() == first);
    passes(a_while);
    CHECK(content() != first);
    CHECK(keeper->good_until() == now.label + limits::certificate_life);
}

TEST_CASE_FIXTURE(CertificateKeeperTest, "one of our own that is gone or damaged is made anew")
{
    shows_our_own();
    std::filesystem::remove(path);
    passes(a_while);
    CHECK(dates_of_certificate(path).has_value());
    std::ofstream(path) << "damaged";
    shows_our_own();
    CHECK(dates_of_certificate(path).has_value());
}

TEST_CASE_FIXTURE(CertificateKeeperTest, "the operator's is shown as it is, and never written")
{
    auto const until = now.label + std::chrono::days(2);
    std::ofstream(path) << make_certificate("chat.example", {now.label, until});
    std::string const theirs = content();
    keeper = CertificateKeeper::of_operator({path, path}, now).value();
    CHECK(keeper->good_until() == until);
    passes(std::chrono::days(3)); // it has run out: that is the operator's to know
    CHECK(content() == theirs);

    auto const later = until + std::chrono::days(90);
    std::ofstream(path) << make_certificate("chat.example", {now.label, later});
    passes(a_while);
    CHECK(keeper->good_until() == later);

    std::ofstream(path) << "half of i";
    passes(a_while);
    CHECK(keeper->good_until() == later);
}
