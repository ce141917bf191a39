#include "terminal/direct_places.hpp"

#include "console/words.hpp"
#include "net/own_addresses.hpp"
#include "pairing/link.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace duet {

namespace {

Failure failure(Error error)
{
    return {word(error), sentence(error)};
}

std::string where_from(Reach reach)
{
    switch (reach) {
    case Reach::anywhere:
        return tr("from anywhere");
    case Reach::same_network:
        return tr("same network only");
    case Reach::this_machine:
        return tr("this machine only");
    case Reach::nowhere:
        break;
    }
    return "";
}

/// All places where a partner may be, the last one first where we reached them ourselves.
std::vector<Endpoint> places_of(Partner const& partner)
{
    std::vector<Endpoint> places;
    for (std::string const& text : {partner.place, partner.seen}) {
        auto const endpoint = text.empty() ? fail(Error::path_missing) : Endpoint::parse(text);
        if (endpoint.has_value())
            places.push_back(*endpoint);
    }
    return places;
}

Result<CallTarget, Failure> target_of_link(Partners& partners, std::string const& whom)
{
    auto const link = Link::parse(whom);
    if (not link.has_value())
        return fail(failure(link.error()));
    auto const endpoint = Endpoint::parse(link->place);
    if (not endpoint.has_value())
        return fail(failure(endpoint.error()));
    CallTarget target;
    target.order.places = {*endpoint};
    target.order.identity_hash = link->hash;
    target.order.secret = link->secret;
    for (Partner const& partner : partners.all()) {
        if (hash_of(partner.identity) == link->hash and not partner.is_forgotten)
            target.partner = partner;
    }
    return target;
}

Result<CallTarget, Failure> target_of_partner(Partner const& partner)
{
    CallTarget target;
    target.partner = partner;
    target.order.places = places_of(partner);
    target.order.identity = partner.identity;
    if (partner.is_forgotten)
        return fail(Failure {"forgotten", fill(tr("{0} was forgotten"), {partner.name})});
    if (target.order.places.empty())
        return fail(Failure {"never_met",
            fill(tr("Nobody knows where {0} is; give the address: duet call HOST"),
                {partner.name})});
    return target;
}

} // namespace

std::string direct_directory(Profile const& profile)
{
    return profile.directory() + "/direct";
}

int make_direct_directory(Profile const& profile)
{
    if (int const code = profile.make_parents(); code != 0)
        return code;
    for (std::string const& path : {profile.directory(), direct_directory(profile)}) {
        if (::mkdir(path.c_str(), 0700) != 0 and errno != EEXIST)
            return errno;
    }
    return 0;
}

std::string login_name()
{
    passwd const* const entry = ::getpwuid(::geteuid());
    return entry == nullptr ? "me" : entry->pw_name;
}

Result<CallTarget, Failure> find_target(Partners& partners, std::string const& whom)
{
    if (looks_like_link(whom))
        return target_of_link(partners, whom);
    if (auto const partner = partners.find(whom); partner.has_value() and not whom.empty())
        return target_of_partner(*partner);
    auto const endpoint = Endpoint::parse(whom.empty() ? Endpoint().text() : whom);
    if (not endpoint.has_value())
        return fail(failure(endpoint.error()));
    CallTarget target;
    target.order.places = {*endpoint};
    target.partner = partners.find_at(endpoint->text());
    return target;
}

std::vector<PlaceToName> places_to_name(Address const& place, std::string const& host_name)
{
    std::string const port = ':' + std::to_string(place.port());
    std::vector<PlaceToName> places;
    if (not host_name.empty())
        places.push_back({host_name + port, "", true});
    if (place.is_any()) {
        for (OwnAddress const& own : own_addresses(place.port())) {
            if (own.reach != Reach::nowhere)
                places.push_back(
                    {own.address.text(), where_from(own.reach), own.reach == Reach::anywhere});
        }
    } else {
        Reach const reach = reach_of(place.unmapped());
        places.push_back({place.text(), where_from(reach), reach == Reach::anywhere});
    }
    if (places.empty())
        places.push_back({"127.0.0.1" + port, where_from(Reach::this_machine), false});
    return places;
}

} // namespace duet
