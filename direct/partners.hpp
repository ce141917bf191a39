// Whom one person talks with directly: who they are, what they are called here, and where they were met.
//
// One SQLite file, `partners.sqlite`, for its owner's eyes (0600): whatever is told to the other side about
// it is on disk first (synchronous=FULL). Our own key lies in it, too, since it is what makes us the one
// whom the others have pinned; and what links were given, by the hashes of their secrets.
//
// A person is an identity. A new key is another person, whoever claims to have it: nothing here ever
// changes the identity of a partner. Who is forgotten is not let in any more, and keeps the talk.

#pragma once

#include "base/identity.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "client/duet.hpp"
#include "core/ids.hpp"
#include "pairing/code.hpp"
#include "store/sqlite.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

/// How long a code is good, and for how many tries.
inline constexpr std::chrono::minutes code_life {10};
inline constexpr std::uint64_t code_tries_max = 5;

enum class PartnerId : std::uint64_t { };

struct Partner {
    PartnerId id {};
    Identity identity {};
    std::string name;  // what they are called here: a handle, and nobody else's
    std::string place; // where we reached them: an endpoint, as it was typed; empty: never
    std::string seen;  // where they can be called, as they said when they called us; empty: nowhere
    Time paired {};
    Time met {}; // last
    bool is_forgotten = false;
};

class Partners {
public:
    /// Opens the file in a directory, or makes it, with the key that `seed` makes.
    ///
    /// Errors  "store".
    static Result<std::unique_ptr<Partners>, Failure> open(
        std::string const& directory, std::array<std::byte, 32> const& seed);

    ~Partners();

    [[nodiscard]] KeyPair const& keys() const { return keys_; }
    [[nodiscard]] std::array<std::byte, 32> const& seed() const { return seed_; }

    /// What we are called, and tell others.
    [[nodiscard]] std::string const& name() const { return name_; }
    void set_name(std::string const& name);

    /// All of them, the forgotten too, in the order in which they came.
    std::vector<Partner> all();
    std::optional<Partner> find(PartnerId id);
    std::optional<Partner> find(Identity const& identity); // not a forgotten one
    std::optional<Partner> find(std::string const& name);  // a forgotten one too
    std::optional<Partner> find_at(std::string const& place);

    /// From here on this identity is known. `told_name` is what they call themselves: it is made a handle,
    /// and another one if somebody here is called so already.
    ///
    /// Errors  "store"; "partners_full".
    Result<Partner, Failure> pair(Identity const& identity, std::string const& told_name, Time now);

    // Where they were met. An empty text leaves what is there.
    void note_met(PartnerId id, std::string const& place, std::string const& seen, Time now);

    /// They are not known any more; what was said stays, under another name.
    /// Gives   that name.
    Result<std::string, Failure> forget(PartnerId id);

    // Links

    void add_link(SecretHash const& secret, Time expires);

    /// Whether this secret lets this identity in: it is good once, and for the same identity again.
    bool use_link(SecretHash const& secret, Identity const& identity, Time now);

    // Codes: one at a time is good, for code_life and code_tries_max tries

    /// A new one; the one before is good no more. `secret` is random.
    ShortCode make_code(std::uint32_t secret, Time now);

    /// Takes a try of the code of that name, which is on disk when this returns.
    /// Gives   the code; nullopt if there is none, or it has no try left.
    std::optional<ShortCode> take_try(std::uint64_t name, Time now);

    /// It was known: it is used up.
    void use_code(std::uint64_t name);

    /// What went wrong with the file, since it was last asked.
    std::optional<Failure> take_failure();

private:
    struct Queries;

    explicit Partners(std::unique_ptr<Sqlite> connection);
    Result<void, Failure> read_self(std::array<std::byte, 32> const& seed);
    std::string free_name(std::string const& wanted);

    std::unique_ptr<Sqlite> connection_;
    std::unique_ptr<Queries> queries_;
    std::array<std::byte, 32> seed_ {};
    KeyPair keys_ {};
    std::string name_;
};

/// A handle that is as near to a name as can be: small letters, and `-` for what is none. Never empty.
std::string handle_like(std::string const& name);

} // namespace duet
