// What goes over the admin socket, in both directions: lines.
//
// The verb says one line, its words separated by one space each ("invite with ada"). The process answers
// with lines that begin with one sign:
//
//     .WORDS   for standard output
//     !WORDS   for standard error
//     >        with this line comes an open file (SCM_RIGHTS)
//     =CODE    the end: what the verb exits with

#pragma once

#include <string>
#include <string_view>

namespace duet::admin {

inline std::string output(std::string_view words)
{
    return "." + std::string(words) + "\n";
}

inline std::string error(std::string_view words)
{
    return "!" + std::string(words) + "\n";
}

inline std::string file()
{
    return ">\n";
}

inline std::string end(int code)
{
    return "=" + std::to_string(code) + "\n";
}

} // namespace duet::admin
