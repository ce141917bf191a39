#include "net/proxy_line.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace duet;

namespace {

std::string caller_in(std::string const& text)
{
    auto const read = read_proxy_line(as_bytes(text));
    if (not read.has_value())
        return word(read.error());
    if (not read->has_value())
        return "more";
    return (*read)->caller.has_value() ? (*read)->caller->text() : "nobody knows";
}

} // namespace

TEST_SUITE_BEGIN("proxy line");

TEST_CASE("a line says who has called")
{
    CHECK(caller_in("PROXY TCP4 192.0.2.1 192.0.2.9 50000 8000\r\n{") == "192.0.2.1:50000");
    CHECK(caller_in("PROXY TCP6 2001:db8::1 ::1 50000 8000\r\n") == "[2001:db8::1]:50000");
    CHECK(caller_in("PROXY UNKNOWN\r\n") == "nobody knows");
    CHECK(caller_in("PROXY UNKNOWN whatever it is\r\n") == "nobody knows");
    auto const read = read_proxy_line(as_bytes("PROXY TCP4 192.0.2.1 192.0.2.9 1 2\r\n{"));
    CHECK((*read)->used == 36);
}

TEST_CASE("a line that is not all there is waited for, wherever it is cut")
{
    std::string const whole = "PROXY TCP4 192.0.2.1 192.0.2.9 50000 8000\r\n";
    for (std::size_t bytes = 0; bytes < whole.size(); ++bytes)
        CHECK(caller_in(whole.substr(0, bytes)) == "more");
}

TEST_CASE("what is no such line is refused")
{
    for (std::string const text :
        {"{", "PROXY\r\n", "PROX TCP4", "PROXY TCP4\r\n", "PROXY UDP4 192.0.2.1 192.0.2.9 1 2\r\n",
            "PROXY TCP4 192.0.2.1 192.0.2.9 1\r\n", "PROXY TCP4 192.0.2.1 192.0.2.9 1 2 3\r\n",
            "PROXY TCP4 ::1 ::1 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.9 65536 2\r\n",
            "PROXY TCP4  192.0.2.1 192.0.2.9 1 2\r\n", "PROXY TCP4 192.0.2.1 192.0.2.9 -1 2\r\n"})
        CHECK(caller_in(text) == "proxy_header_wrong");
    CHECK(caller_in("PROXY UNKNOWN " + std::string(92, 'x')) == "more");
    CHECK(caller_in("PROXY UNKNOWN " + std::string(93, 'x')) == "proxy_header_wrong");
}

TEST_SUITE_END();
