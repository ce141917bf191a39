#include "store/checksum.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>

using namespace duet;

namespace {

std::string sum_of(std::string_view text, std::size_t piece_bytes)
{
    Checksum sum;
    for (; not text.empty(); text.remove_prefix(std::min(piece_bytes, text.size())))
        sum.add(as_bytes(text.substr(0, piece_bytes)));
    return sum.digits();
}

} // namespace

TEST_SUITE_BEGIN("checksum");

TEST_CASE("a checksum is what xxh128sum prints, and does not depend on the pieces")
{
    CHECK(Checksum().digits() == "99aa06d3014798d86001c324468d497f");
    std::string const text(100'000, 'x');
    CHECK(sum_of(text, 7) == sum_of(text, text.size()));
    CHECK(sum_of(text, 7) != sum_of(text.substr(1), 7));
}

TEST_SUITE_END();
