#include "terminal/secret_words.hpp"

#include <algorithm>
#include <cstring>

namespace duet {

std::vector<std::string> take_arguments(int count, char** values)
{
    std::vector<std::string> const arguments(values, values + count);
    auto const join = std::ranges::find(arguments, "join");
    for (auto at = join; at != arguments.end(); ++at) {
        char* const value = values[at - arguments.begin()];
        if (at != join)
            std::memset(value, ' ', std::strlen(value));
    }
    return arguments;
}

} // namespace duet
