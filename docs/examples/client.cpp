// A person in thirty lines: joins if need be, says one thing, and prints what it hears for a while.
//
//     client DIRECTORY PERSON TEXT [SERVER SECRET HANDLE]       (the last three: the first time only)
//
// Killed at any moment and started again, it goes on: what it said waits in DIRECTORY until it is sent.

#include <duet/duet.hpp>

#include <chrono>
#include <iostream>

struct Listener final : duet::ClientHandler {
    void heard(duet::Message const& message) override
    {
        std::cout << message.from << ": " << message.text << std::endl;
    }
    void changed(duet::Message const& message) override
    {
        if (message.state == duet::MessageState::sent)
            std::cout << "sent" << std::endl;
    }
};

int main(int count, char** words)
{
    if (count == 7)
        duet::Client::prepare(
            words[1], {.server = words[4], .secret = words[5], .handle = words[6]});
    Listener listener;
    auto const client =
        count < 4 ? nullptr : duet::Client::open(words[1], listener).value_or(nullptr);
    if (client == nullptr or not client->say(words[2], words[3]))
        return 1;
    auto const end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (std::chrono::steady_clock::now() < end)
        client->turn(std::chrono::milliseconds(100));
}
