// A device's own file: its key, its outbox, its cursor, and all that it has heard.
//
// One SQLite file, `device.sqlite` in the device's directory, for its owner's eyes (0600). The changes
// of a step are written in one transaction, which is on disk (synchronous=FULL) when `apply` returns:
// all of them or none. `load` gives the sum of all changes, so whoever is killed goes on from there.
//
// Several people's words lie here, in clear: the directory (0700) is what keeps them.

#pragma once

#include "base/identity.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "client/duet.hpp"
#include "core/device_side.hpp"
#include "store/sqlite.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace duet {

/// What of a caller's own is remembered beside a text: the same key again is the same text.
struct SaidKey {
    std::string key;
    SayId say;
};

class DeviceFile final : public DeviceStore {
public:
    /// Puts a new device, with the key that `seed` makes, into the directory, whose lock is held. One
    /// that is there and was never enrolled is changed; it keeps its key while the secret is the same,
    /// since the server may have used it up for that key already.
    ///
    /// Errors  "exists", "store".
    static Result<void, Failure> make(std::string const& directory,
        std::array<std::byte, 32> const& seed, Joining const& joining,
        std::optional<IdentityHash> const& server_hash);

    /// Errors  "not_joined", "store".
    static Result<std::unique_ptr<DeviceFile>, Failure> open(std::string const& directory);

    ~DeviceFile();

    [[nodiscard]] KeyPair const& keys() const { return keys_; }
    [[nodiscard]] std::string const& server() const { return server_; }

    DeviceData load();

    /// Writes what a step has changed. `label` is when.
    /// Errors  "store": nothing of it is written, and whoever knows more than the file forgets it.
    Result<void, Failure> apply(
        std::span<Change const> changes, Time label, std::span<SaidKey const> keys = {});

    /// What went wrong with looking, since it was last asked.
    std::optional<Failure> take_failure();

    std::vector<OwnSay> said_above(N n) override;

    std::optional<SayId> say_of_key(std::string const& key);

    /// Which of this device's texts is said as (n, seq); 0 if none is.
    SayId say_of(N n, Seq seq);

    // What duet.hpp tells of Client::own and so on.

    std::optional<Message> own(SayId say);
    std::vector<Message> outbox();
    std::vector<Message> history(std::string const& with, std::uint64_t before, std::size_t limit);
    std::vector<Message> feed(std::uint64_t from, std::size_t limit);
    std::vector<Contact> contacts();

    /// One's own newest request to be somebody's contact.
    std::optional<Message> last_request(std::string const& with);

    /// One's own entries of a conversation with a seq of `first` to `last`, oldest first.
    std::vector<Message> own_between(std::string const& with, Seq first, Seq last);

private:
    struct Queries;

    explicit DeviceFile(std::unique_ptr<Sqlite> connection);
    void read_device();

    void write(Change const& change, Time label);
    void write(SayKept const& kept, Time label);
    void write(EntryKept const& kept);
    void write(MarkKept const& kept);
    void write(LifeKnown const& known);
    void write(LastSeqKnown const& known);
    void write(TalkKept const& kept);
    void keep(std::string const& with, Interval interval);
    void open_talk(std::string const& with);
    void write_state();

    std::unique_ptr<Sqlite> connection_;
    std::unique_ptr<Queries> queries_;
    KeyPair keys_ {};
    std::string server_;
    std::string you_;

    // The row `state`, as it is or (within `apply`) will be.
    struct State {
        std::optional<Epoch> epoch;
        N last_n {};
        Feed cursor {};
        std::uint64_t lives = 0;
    };
    State state_;
    bool state_is_changed_ = false;
    std::map<std::string, Seq> deleted_;        // by the other's handle; those that there are
    std::map<std::string, Intervals> kept_now_; // by the changes being applied
};

} // namespace duet
