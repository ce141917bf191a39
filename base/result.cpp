#include "base/result.hpp"

namespace duet {

char const* sentence(Error error)
{
    switch (error) {
    case Error::line_too_long:
        return "the line is longer than 16384 bytes";
    case Error::not_utf8:
        return "the line is not UTF-8";
    case Error::port_alone:
        return "a port alone is no address; put a colon before it (:8000)";
    case Error::port_not_a_number:
        return "the port is not a number";
    case Error::port_out_of_range:
        return "the port is not between 0 and 65535";
    case Error::bracket_not_closed:
        return "the bracket is not closed; an IPv6 address is written [::1]:8000";
    case Error::host_too_long:
        return "the host is longer than 255 bytes";
    case Error::path_missing:
        return "the path is missing after unix:";
    case Error::path_too_long:
        return "the path is longer than 107 bytes";
    }
    return "an error without a name";
}

} // namespace duet
