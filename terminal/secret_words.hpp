// Words of the command line that nobody else on this machine is to see.

#pragma once

#include <string>
#include <vector>

namespace duet {

/// Copies the arguments of main, and blanks those behind a word `join`, where a secret may be: from here
/// on `ps` does not show them. (It is the first thing that main does; who looked sooner has seen them.)
std::vector<std::string> take_arguments(int count, char** values);

} // namespace duet
