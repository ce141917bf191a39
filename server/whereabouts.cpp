#include "server/whereabouts.hpp"

#include "net/own_addresses.hpp"
#include "pairing/link.hpp"

#include <algorithm>

namespace duet {

namespace {

/// Those of the kind that is listened at; a listener at [::] takes both.
std::vector<OwnAddress> addresses_reached(Address const& listened)
{
    std::vector<OwnAddress> all = own_addresses(listened.port());
    if (listened.family() == AF_INET)
        std::erase_if(all, [](OwnAddress const& one) { return one.address.family() != AF_INET; });
    // Whoever has such an address must say through which of their own networks it is reached.
    std::erase_if(all,
        [](OwnAddress const& one) { return one.address.text().find('%') != std::string::npos; });
    return all;
}

char const* words(Reach reach)
{
    return reach == Reach::anywhere ? "from anywhere" : "same network only";
}

} // namespace

std::string place_of(std::string const& name, Address const& listened)
{
    if (listened.is_unix())
        return listened.text();
    std::string const port = std::to_string(listened.port());
    if (not name.empty())
        return name + ':' + port;
    if (not listened.is_any())
        return listened.text();
    auto const reached = addresses_reached(listened);
    return reached.empty() ? "127.0.0.1:" + port : reached.front().address.text();
}

std::vector<std::string> words_on_reach(Address const& listened)
{
    if (listened.is_unix() or not listened.is_any())
        return {};
    std::vector<std::string> lines;
    auto const reached = addresses_reached(listened);
    for (OwnAddress const& one : reached)
        lines.push_back("reached at " + one.address.text() + ": " + words(one.reach));
    bool const is_public =
        std::ranges::find(reached, Reach::anywhere, &OwnAddress::reach) != reached.end();
    if (not is_public) {
        std::string const port = std::to_string(listened.port());
        lines.push_back("none of these is reached from anywhere. Have your router forward its port "
            + port + " to port " + port
            + " of this machine, and start with --name and the router's own address or name");
    }
    return lines;
}

std::string link_with(std::string const& place, Identity const& identity, std::string const& secret)
{
    if (place.starts_with("unix:"))
        return secret;
    return Link {place, hash_of(identity), secret}.text();
}

} // namespace duet
