#include "pairing/cpace.hpp"

#include "base/check.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

using namespace duet;

namespace {

std::string from_hex(std::string_view hex)
{
    auto const digit = [](char letter) {
        return static_cast<unsigned>(letter <= '9' ? letter - '0' : letter - 'a' + 10);
    };
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
    return bytes;
}

template <typename Array>
Array array_from_hex(std::string_view hex)
{
    std::string const bytes = from_hex(hex);
    Array array;
    check(bytes.size() == array.size()); // also before the tests begin
    for (std::size_t i = 0; i < array.size(); ++i)
        array[i] = static_cast<std::byte>(bytes[i]);
    return array;
}

using Scalar = std::array<std::byte, 32>;
using Role = Cpace::Role;

// draft-irtf-cfrg-cpace-21, appendix B.3

std::string const channel = from_hex("0b415f696e69746961746f720b425f726573706f6e646572");
std::string const session = from_hex("7e4b4791d6a8ef019b936c79fb7f2c57");
CpaceInput const input {
    as_bytes("Password"), as_bytes(channel), as_bytes(session), as_bytes("ADa"), as_bytes("ADb")};
Scalar const initiators_scalar =
    array_from_hex<Scalar>("da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08");
Scalar const responders_scalar =
    array_from_hex<Scalar>("d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d");

Cpace initiator(CpaceInput const& with = input)
{
    return {Role::initiator, with, initiators_scalar};
}

Cpace responder(CpaceInput const& with = input)
{
    return {Role::responder, with, responders_scalar};
}

} // namespace

TEST_SUITE_BEGIN("cpace");

TEST_CASE("the generator is the one that the draft calculates")
{
    CHECK(cpace_generator(input.password, input.channel, input.session)
        == array_from_hex<CpaceShare>(
            "222b6b195fe84b1652badb6f6a3ae3d24341e7306967f0b8115b40d5698c7e56"));
}

TEST_CASE("the shares are those of the draft")
{
    CHECK(initiator().share()
        == array_from_hex<CpaceShare>(
            "d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157"));
    CHECK(responder().share()
        == array_from_hex<CpaceShare>(
            "3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258"));
}

TEST_CASE("both sides make the key of the draft, and the same tags")
{
    auto const one = initiator().meet(responder().share(), input);
    auto const other = responder().meet(initiator().share(), input);
    REQUIRE(one.has_value());
    REQUIRE(other.has_value());
    CHECK(one->key
        == array_from_hex<CpaceKey>(
            "b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd"
            "2b38950a39dfd5d4a79164614c2984f7daa460b588c1e80c3fa2068af7900447"));
    CHECK(other->key == one->key);
    CHECK(is_same_tag(other->initiators, one->initiators));
    CHECK(is_same_tag(other->responders, one->responders));
    CHECK_FALSE(is_same_tag(one->initiators, one->responders));
}

TEST_CASE("what the draft calls invalid is no share, and ends the run")
{
    for (std::string_view const hex : {
             "2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c", // Y_i1
             "0000000000000000000000000000000000000000000000000000000000000000", // Y_i2 == G.I
         }) {
        auto const share = array_from_hex<CpaceShare>(hex);
        CHECK_FALSE(is_cpace_share(share));
        CHECK_FALSE(initiator().meet(share, input).has_value());
        CHECK_FALSE(responder().meet(share, input).has_value());
    }
    auto const valid = array_from_hex<CpaceShare>(
        "2c3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c");
    CHECK(is_cpace_share(valid));
    CHECK(initiator().meet(valid, input).has_value());
}

TEST_CASE("an encoding that RFC 9496 (appendix A.2) calls bad is no share")
{
    for (std::string_view const hex : {
             // not canonical: p, 2^255 - 1, and others above p
             "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
             "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             // negative
             "0100000000000000000000000000000000000000000000000000000000000000",
             "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
             "ed57ffd8c914fb201471d1c3d245ce3c746fcbe63a3679d51b6a516ebebe0e20",
             // no square
             "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
             "4eac077a713c57b4f4397629a4145982c661f48044dd3f96427d40b147d9742f",
             // the highest bit is set
             "2c3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a59c",
         })
        CHECK_FALSE(is_cpace_share(array_from_hex<CpaceShare>(hex)));
}

TEST_CASE("whoever disagrees in anything has other tags")
{
    auto const honest = responder().meet(initiator().share(), input);
    auto const is_found_out = [&honest](CpaceInput const& other) {
        auto const keys = initiator(other).meet(responder().share(), other);
        return not is_same_tag(keys->initiators, honest->initiators)
            and not is_same_tag(keys->responders, honest->responders);
    };
    CpaceInput other = input;
    other.password = as_bytes("password");
    CHECK(is_found_out(other));
    other = input;
    other.channel = as_bytes("another");
    CHECK(is_found_out(other));
    other = input;
    other.session = as_bytes("another");
    CHECK(is_found_out(other));
    other = input;
    other.initiator_data = as_bytes("ADx");
    CHECK(is_found_out(other));
    std::swap(other.initiator_data, other.responder_data);
    CHECK(is_found_out(other));
}

TEST_CASE("what one side has said is no answer to it: neither its share nor its tag")
{
    Cpace const caller = initiator();
    auto const keys = caller.meet(caller.share(), input);
    REQUIRE(keys.has_value());
    CHECK_FALSE(is_same_tag(keys->initiators, keys->responders));
}

TEST_SUITE_END();
