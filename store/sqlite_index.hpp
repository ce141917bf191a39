// The index in a file: SQLite (docs/decisions/0011-index.md).
//
// One connection writes, and no other: it takes a whole layer in one transaction, sorted by key, together
// with the position, and moves what is committed into the file when enough has gathered. Look-ups have
// connections of their own, one for each thread that looks at the same time, and read one short statement
// each. The file says which form its tables have; an older form is brought up step by step, and nothing in
// it is ever deleted by that.
//
// What goes wrong with a look-up stops the process: an index that cannot be read can answer nothing.

#pragma once

#include "store/index.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace duet {

class Sqlite;

class SqliteIndex final : public Index {
public:
    /// The form of the tables that this duet makes and knows.
    static constexpr std::int64_t version = 2;

    /// Opens the index in this file, or makes it.
    ///
    /// Errors  is_full: as it says. Else the file is no index of duet's, or a newer duet has written it
    ///         (neither is touched), or it cannot be read.
    static Result<std::unique_ptr<SqliteIndex>, IndexFault> open(std::string const& path);

    ~SqliteIndex() override;

    std::uint64_t position() override;
    Result<void, IndexFault> follow(Tables const& newer, std::uint64_t position) override;

    std::optional<Epoch> epoch() override;
    std::optional<Feed> last_feed(PersonId person) override;
    std::optional<N> last_n(DeviceId device) override;
    std::optional<PersonId> last_person() override;
    std::optional<DeviceId> last_device() override;
    std::optional<Answer> answer(DeviceId device, N n) override;
    void feed(PersonId person, Feed from, Feed to, Blanks const& newer, EntryPage& page) override;
    void log(Pair pair, Seq first, Seq last, Blanks const& newer, EntryPage& page) override;
    std::optional<Entry> feed_entry(PersonId person, Feed feed) override;
    std::optional<Entry> log_entry(Pair pair, Seq seq) override;
    std::optional<Person> person(PersonId id) override;
    std::optional<PersonId> person_of_handle(std::string_view handle) override;
    std::optional<PersonId> person_of_recovery(SecretHash const& phrase) override;
    std::optional<std::string> settings(PersonId person) override;
    std::optional<TalkChanged> talk(PersonId person, PersonId other) override;
    std::vector<TalkChanged> talks_since(PersonId person, Feed from) override;
    std::vector<DeviceAnnounced> announcements() override;
    std::optional<Device> device(DeviceId id) override;
    std::optional<DeviceId> device_of_identity(Identity const& identity) override;
    std::optional<DeviceId> device_of_secret(SecretHash const& secret) override;
    std::vector<Device> devices(PersonId person) override;
    std::optional<Invitation> invitation(SecretHash const& secret) override;
    std::optional<Conversation> conversation(Pair pair) override;
    std::vector<Conversation> conversations(
        PersonId person, PersonId after, Among which, std::size_t limit) override;
    BodyBytes body_bytes(Pair pair, Seq first, Seq last) override;

private:
    class Look;
    class Reader;
    class Writer;

    explicit SqliteIndex(std::string path);

    Look look();

    std::string path_;
    std::unique_ptr<Sqlite> connection_; // that writes
    std::unique_ptr<Writer> writer_;     // its statements

    std::mutex mutex_;
    std::vector<std::unique_ptr<Reader>> idle_readers_; // guarded by it
};

} // namespace duet
