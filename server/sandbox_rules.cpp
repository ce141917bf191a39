#include "server/sandbox_rules.hpp"

#include "net/listener.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace duet {

namespace {

/// Whether this machine has such an address.
bool can_be_listened_at(Endpoint endpoint)
{
    endpoint.port = 0;
    return listen_on(endpoint).has_value();
}

Result<std::vector<Endpoint>, std::string> addresses_of(Endpoint const& endpoint)
{
    if (resolves_at_once(endpoint))
        return std::vector {endpoint};
    auto const addresses = resolve(endpoint, Purpose::listen);
    if (not addresses.has_value())
        return fail("cannot " + addresses.error().text());
    std::vector<Endpoint> all;
    std::vector<Endpoint> here;
    for (Address const& address : *addresses) {
        all.push_back(Endpoint::parse(address.text()).value());
        if (can_be_listened_at(all.back()))
            here.push_back(all.back());
    }
    return here.empty() ? all : here;
}

Result<std::vector<Endpoint>, std::string> addresses_of(std::vector<Endpoint> const& endpoints)
{
    std::vector<Endpoint> all;
    for (Endpoint const& endpoint : endpoints) {
        auto some = TRY(addresses_of(endpoint));
        std::ranges::move(some, std::back_inserter(all));
    }
    return all;
}

std::string folder_of(std::string const& path)
{
    auto const folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

} // namespace

Result<Configuration, std::string> without_names(Configuration configuration)
{
    configuration.listen = TRY(addresses_of(configuration.listen));
    configuration.clear = TRY(addresses_of(configuration.clear));
    return configuration;
}

SandboxRules sandbox_rules(Configuration const& configuration)
{
    SandboxRules rules;
    rules.to_write.push_back(configuration.data);
    rules.to_read = {"/dev/null", "/dev/urandom"}; // the listeners' reserve; SQLite's names
    for (std::string const& file : {configuration.certificate, configuration.key}) {
        if (file.empty())
            continue;
        // Whoever renews them puts others in their place, or in the place that a link names.
        rules.to_read.push_back(folder_of(file));
        std::error_code none;
        rules.to_read.push_back(folder_of(std::filesystem::weakly_canonical(file, none).string()));
    }
    std::vector<Endpoint> places = configuration.listen;
    places.insert(places.end(), configuration.clear.begin(), configuration.clear.end());
    if (configuration.metrics.has_value())
        places.push_back(*configuration.metrics);
    for (Endpoint const& place : places) {
        if (place.is_unix())
            rules.to_put_sockets.push_back(folder_of(place.path));
    }
    return rules;
}

} // namespace duet
