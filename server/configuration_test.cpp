#include "server/configuration.hpp"

#include "store/scratch_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

using namespace duet;

namespace {

class ConfigurationTest {
public:
    /// What is wrong with a file of this text; empty if nothing.
    std::string read(std::string const& text)
    {
        std::string const path = directory.file("duetd.toml");
        std::ofstream(path) << text;
        auto const read = read_configuration(path, configuration);
        return read.has_value() ? "" : read.error().substr(path.size());
    }

    ScratchDirectory directory;
    Configuration configuration;
};

} // namespace

TEST_SUITE_BEGIN("configuration");

TEST_CASE_FIXTURE(ConfigurationTest, "every option can stand in the file")
{
    CHECK(read(R"(
listen = ["127.0.0.1:8000", "[::1]:8001", "unix:/run/duet"]
data = "/var/lib/duetd"
name = "chat.example"
log = "/var/log/duetd"
verbose = true
retention_days = 365
retention_bytes = 1000000
trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
metrics = "127.0.0.1:9464"
sandbox = false
[limits]
waiting_max = 100
penalty_most = 60000
)")
            .empty());
    REQUIRE(configuration.listen.size() == 3);
    CHECK(configuration.listen[1].text() == "[::1]:8001");
    CHECK(configuration.listen[2].path == "/run/duet");
    CHECK(configuration.data == "/var/lib/duetd");
    CHECK(configuration.name == "chat.example");
    CHECK(configuration.log == "/var/log/duetd");
    CHECK(configuration.verbose);
    CHECK(configuration.retention_age == std::chrono::days(365));
    CHECK(configuration.retention_bytes == 1'000'000);
    CHECK(configuration.trusted_proxies.size() == 2);
    REQUIRE(configuration.metrics.has_value());
    CHECK(configuration.metrics->port == 9464);
    CHECK_FALSE(configuration.has_sandbox);
    CHECK(configuration.limits.admission.waiting_max == 100);
    CHECK(configuration.limits.admission.penalties.most == std::chrono::minutes(1));
}

TEST_CASE_FIXTURE(ConfigurationTest, "what the file does not name stays as it is")
{
    configuration.data = "/here";
    CHECK(read("name = 'chat.example'").empty());
    CHECK(configuration.data == "/here");
    CHECK(read("").empty());
    CHECK(configuration.name == "chat.example");
}

TEST_CASE_FIXTURE(ConfigurationTest, "what is wrong is told with its line")
{
    CHECK(read("\n\ncolour = 'red'") == ", line 3: there is no option 'colour'");
    CHECK(read("data = 3") == ", line 1: this must be a text");
    CHECK(read("verbose = 'yes'") == ", line 1: this must be true or false");
    CHECK(read("retention_days = 1.5") == ", line 1: this must be a whole number, 0 or more");
    CHECK(read("retention_bytes = -1") == ", line 1: this must be a whole number, 0 or more");
    CHECK(read("retention_days = 99999999999999999") != "");
    CHECK(read("listen = '127.0.0.1:8000'")
        == ", line 1: this must be a list of endpoints, as [\"127.0.0.1:8000\"]");
    CHECK(read("listen = ['127.0.0.1:8000',\n 8000]")
        == ", line 2: this is no endpoint, as 127.0.0.1:8000 or unix:/path");
    CHECK(read("trusted_proxies = ['10.0.0.0/8',\n 'proxy.example']").starts_with(", line 2: "));
    CHECK(
        read("metrics = 9464") == ", line 1: this is no endpoint, as 127.0.0.1:9464 or unix:/path");
    CHECK(read("[limits]\ntext_bytes_max = 5")
        == ", line 2: there is no limit 'text_bytes_max' that can be chosen");
    CHECK(read("[limits]\nstrangers_max = 0")
            .starts_with(", line 2: strangers_max must be between "));
    CHECK(read("data = 'a'\ndata = 'b'").starts_with(", line 2: "));
    CHECK(read("= 3").starts_with(", line 1: "));
}

TEST_CASE_FIXTURE(ConfigurationTest, "a file that is not there is told")
{
    auto const read = read_configuration("/nowhere/duetd.toml", configuration);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().starts_with("/nowhere/duetd.toml: "));
}

TEST_SUITE_END();
