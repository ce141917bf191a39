#include "net/tls_certificate.hpp"

#include "net/loop_fixture.hpp"
#include "net/tls.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>

using namespace duet;

TEST_SUITE_BEGIN("tls_certificate");

namespace {

Time const noon {std::chrono::sys_days {std::chrono::year(2026) / 5 / 17} + std::chrono::hours(12)};

class CertificateTest {
public:
    std::string write(std::string const& text)
    {
        std::ofstream(path) << text;
        return path;
    }

    TestFolder folder;
    std::string const path = folder / "certificate.pem";
};

} // namespace

TEST_CASE_FIXTURE(CertificateTest, "a certificate that was made can be used, and says when it ends")
{
    Time const until = noon + std::chrono::days(3650);
    write(make_certificate("chat.example", {noon, until}));
    auto const dates = dates_of_certificate(path);
    REQUIRE(dates.has_value());
    CHECK(dates->from == noon);
    CHECK(dates->until == until);
    CHECK(TlsContext::for_server({path, path}).has_value());
}

TEST_CASE_FIXTURE(CertificateTest, "each certificate has a key of its own")
{
    CertificateDates const dates {noon, noon + std::chrono::days(1)};
    CHECK(make_certificate("localhost", dates) != make_certificate("localhost", dates));
}

TEST_CASE_FIXTURE(CertificateTest, "a name that fits nowhere does no harm")
{
    CertificateDates const dates {noon, noon + std::chrono::days(1)};
    for (std::string const& name :
        {std::string(), std::string(255, 'x'), std::string("a,IP:1.2.3.4"), std::string("::1"),
            std::string("\xEC\x84\x9C\xEB\xB2\x84")}) {
        write(make_certificate(name, dates));
        CHECK(TlsContext::for_server({path, path}).has_value());
    }
}

TEST_CASE_FIXTURE(CertificateTest, "what holds no certificate is told by its path")
{
    CHECK(
        dates_of_certificate("/nowhere.pem").error() == "cannot read the certificate /nowhere.pem");
    write("nothing\n");
    CHECK(dates_of_certificate(path).error() == "there is no certificate in " + path);
}
