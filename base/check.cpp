#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace duet {

void give_up(char const* what, std::source_location where)
{
    std::fprintf(stderr, "duet: %s at %s:%u in %s\n", what, where.file_name(),
        static_cast<unsigned>(where.line()), where.function_name());
    std::abort();
}

} // namespace duet
