// One device, as bytes and events: what came from the server goes in, and the user's calls, and the
// time; what is to be sent comes out, and what has happened. It knows no socket and no clock.
//
// Everything that came together is one step: `received` and `pass_time` gather it, `settle` writes
// what it changes into the device's file, in one transaction, and only then lets out what it sends
// and tells. If the file takes it not, the machine forgets the step and goes on from what the file
// says, on the next connection: as if the process had been killed before.

#pragma once

#include "base/bytes.hpp"
#include "client/device_file.hpp"
#include "client/directory_lock.hpp"
#include "client/duet.hpp"
#include "client/happening.hpp"
#include "core/chat.hpp"
#include "core/device_side.hpp"
#include "doors/json.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace duet {

class Machine {
public:
    /// `random` is lent.
    /// Errors  "held", "not_joined", "store".
    static Result<std::unique_ptr<Machine>, Failure> open(
        std::string const& directory, Random& random);

    // The connection

    /// One is being made.
    void connecting();

    /// `exporter` is the TLS exporter's value; empty over a Unix socket, and only there.
    void connected(Now now, Bytes exporter);

    /// It broke, or could not be made; `words` say why.
    void disconnected(Now now, std::string const& words);

    /// Bytes came. Gives how many at the front are used up; the rest comes again with what follows.
    std::size_t received(Bytes input, Now now);

    /// What is due by now is done. True if it is time to connect.
    bool pass_time(Now now);

    /// The end of everything that came together.
    void settle(Now now);

    /// What is to be sent, from the front; whoever has sent some of it says how much.
    [[nodiscard]] Bytes output() const { return as_bytes(output_).subspan(output_sent_); }
    void sent(std::size_t bytes);

    /// Why the connection must be closed now; empty if it need not.
    [[nodiscard]] std::string const& must_disconnect() const { return must_disconnect_; }

    /// What the user has not been told yet.
    std::vector<Happening> take_happenings() { return std::exchange(happenings_, {}); }
    [[nodiscard]] bool has_happenings() const { return not happenings_.empty(); }

    /// When pass_time has something to do at the latest; nullopt while it is being connected, and after
    /// the end.
    [[nodiscard]] std::optional<MonotonicTime> next_deadline() const;

    // The user's calls: see client/duet.hpp

    Result<std::vector<std::uint64_t>, Failure> say(std::span<Saying const> sayings, Now now);
    void read(std::string const& with, std::uint64_t seq, Now now);
    void typing(std::string const& to);
    std::uint64_t ask(Request::Body body);
    std::uint64_t ask_recovery();
    [[nodiscard]] Settings settings() const;
    [[nodiscard]] std::vector<WaitingDevice> const& waiting_devices() const { return waiting_; }
    void fetch_older(std::string const& with);

    [[nodiscard]] bool is_enrolled() const { return not side_->data().enrolling.has_value(); }
    [[nodiscard]] Connectedness connectedness() const { return connectedness_; }
    [[nodiscard]] DeviceData const& data() const { return side_->data(); }
    [[nodiscard]] DeviceFile& file() const { return *file_; }
    [[nodiscard]] std::vector<Contact> contacts() const;

private:
    Machine(DirectoryLock lock, std::unique_ptr<DeviceFile> file, Random& random);

    void start();
    void take(Event const& event, Now now);
    void note_strangers(Event const& event);
    void answer(Event const& event);
    Result<void, Failure> commit(Now now, std::span<SaidKey const> keys = {});
    void tell_changes(Step const& step);
    void tell_entry(EntryEvent const& entry);
    void tell_marks(std::string const& with);
    void tell_notice(Notice const& notice);
    void tell_talk(std::string const& with);
    void tell_answers();
    void tell_end(Step const& step);
    void move_to(Connectedness now, std::string const& words);
    void fetch(std::string const& with);
    std::optional<Failure> key_used_otherwise(std::span<Saying const> sayings);
    void send(Request::Body body, std::optional<std::uint64_t> id = std::nullopt);

    DirectoryLock lock_;
    std::unique_ptr<DeviceFile> file_;
    Random& random_;
    std::unique_ptr<DeviceSide> side_; // borrows from the two above
    JsonDoor door_;

    std::vector<WaitingDevice> waiting_; // for a yes, on this connection

    Step step_; // what was gathered since the last commit
    std::string output_;
    std::size_t output_sent_ = 0;
    std::string must_disconnect_;
    std::vector<Happening> happenings_;
    Connectedness connectedness_ = Connectedness::away;
    bool is_up_ = false; // there is a connection
    std::string exporter_;
    DeviceId this_device_ {};

    std::uint64_t last_asked_ = 0;
    std::map<std::uint64_t, std::string> asked_; // by id; of a history: whose, else empty
    std::set<std::string> fetch_wanted_;         // until it is answered, on whichever connection
    std::vector<Event> answers_;                 // to be told when what came with them is on disk
    bool wants_people_ = true;                   // there is somebody of whom we know too little

    struct Told {
        Seq delivered;
        Seq read;
    };
    std::map<std::string, Told> told_; // their marks, as far as the user knows them
    std::set<std::uint64_t> changed_;  // texts of which this commit has told already
    std::set<std::string> online_;
    std::map<std::uint64_t, std::string> phrases_; // that are to be good, by id
};

} // namespace duet
