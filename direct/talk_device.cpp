#include "direct/talk_device.hpp"

#include "base/hash.hpp"
#include "client/directory_lock.hpp"
#include "direct/names.hpp"
#include "direct/preface.hpp"

#include <cstdint>
#include <utility>

namespace duet {

bool we_are_scribe(Partners const& partners, Partner const& partner)
{
    return is_scribe(partners.keys().identity, partner.identity);
}

Result<std::unique_ptr<PartnerCarrier>, Failure> open_talk_device(std::string const& directory,
    Partners& partners, Partner const& partner, Random& random, Loop& loop,
    Connections& connections, ClientHandler& handler)
{
    Identity const& ours = partners.keys().identity;
    bool const we_are = we_are_scribe(partners, partner);
    Identity const& scribe = we_are ? ours : partner.identity;
    Identity const& other = we_are ? partner.identity : ours;
    // In our own store we are a device like any other, whose key is made of ours.
    auto const seed = we_are
        ? hash_256({"duet/1 own device", as_text(partners.seed()), as_text(partner.identity)})
        : partners.seed();
    std::string const place =
        directory + "/talk-" + std::to_string(static_cast<std::uint64_t>(partner.id));
    {
        auto const lock = TRY(DirectoryLock::take(place));
        TRY_VOID(DeviceFile::make_paired(place, seed, partner.name, scribe));
    }
    auto machine = TRY(Machine::open(place, random));
    std::string const scribes = scribes_handle(scribe, other);
    std::string const others = partners_handle(other);
    TalkNames names {
        we_are ? scribes : others, partners.name(), we_are ? others : scribes, partner.name};
    return std::make_unique<PartnerCarrier>(
        std::move(machine), loop, connections, handler, std::move(names), we_are);
}

} // namespace duet
