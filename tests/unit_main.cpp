// The main of every room's test program.

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <csignal>

int main(int count, char** values)
{
    // As in every program of ours: a peer that has left is an error of send, not the end of us.
    std::signal(SIGPIPE, SIG_IGN);
    return doctest::Context(count, values).run();
}
