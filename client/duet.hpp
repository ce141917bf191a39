// The client library of duet: one device of one person, which loses nothing.
//
// A Client lives in one directory, which holds its key, its outbox, its cursor and its history. It may be
// killed at any instant: what was said is said again until it is answered, what was heard is there, and
// nothing is there twice. It connects by itself, and again after every break.
//
//     duet::Client client = …open(directory, handler);   // duet::Client::open
//     client.say("bob", "are you there?");               // waits in the outbox, on disk
//     while (...)
//         client.turn(100ms);                            // everything happens in here: see ClientHandler
//
// A Client belongs to one thread, and runs only in its calls. It can be part of a program's own loop:
// watch `descriptor` for reading, and call `turn(0ms)` when it is ready or `next_deadline` has come.
//
// The protocol is docs/protocol.md, "Lines of JSON".

#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace duet {

/// What became of a message, as its sender sees it. A lost connection changes none of these.
enum class MessageState : std::uint8_t {
    waiting,   // in the outbox, on disk
    sent,      // stored by the server
    asked,     // likewise, as a request to be a contact: it waits for the other's answer
    delivered, // a device of the other's has stored it
    read,      // it was on the other's screen
    refused,   // it will never be stored: see Message::refused
};

/// One entry of a conversation, or a text on its way to become one.
struct Message {
    std::string with; // the other's handle
    std::string from; // whose words they are
    std::string text;
    std::string kind;      // "text"; "request"; "device_added": see `new_device`
    std::uint64_t seq = 0; // its number in the conversation; 0 while waiting, and when refused
    std::uint64_t feed =
        0; // its number in this person's feed; 0 if it was fetched, or is not stored
    std::uint64_t say_id = 0; // what `say` gave; 0 for what this device did not say
    std::chrono::sys_time<std::chrono::milliseconds>
        time; // a label: when it was stored, or written
    bool is_mine = false;
    MessageState state = MessageState::sent; // of one's own; what others said is `sent`
    std::string refused;                     // one word of docs/protocol.md: "not_connected"
    bool is_orphaned = false; // no longer on the server, which was restored from a backup
};

/// What an entry of kind "device_added" says.
struct NewDevice {
    std::string name;
    std::array<std::byte, 32> identity {};
    std::string by; // "link", "code", "recovery", "operator"
};

/// How a person stands to one.
enum class Standing : std::uint8_t {
    contact, // each may write to the other
    asked,   // one waits for their answer
    asks,    // they wait for one's own: see Client::ask_accept
    blocked, // by oneself
};

/// What one has chosen for a conversation, on any of one's devices.
struct TalkSettings {
    bool is_muted = false;
    bool is_archived = false;
    bool is_pinned = false;
    std::string name = {};           // what one calls the other; empty: as they call themselves
    std::uint64_t deleted_up_to = 0; // these entries one wants to see no more

    bool operator==(TalkSettings const&) const = default;
};

/// What is to be chosen; the rest stays as it is.
struct TalkChange {
    std::optional<bool> mute = {};
    std::optional<bool> archive = {};
    std::optional<bool> pin = {};
    std::optional<std::string> name = {};
    std::optional<std::uint64_t> delete_up_to = {};
};

/// What others may see of oneself. Nobody is told that something is off.
struct Settings {
    bool read_marks = true; // how far one has read
    bool presence = true;   // that one is there
    bool typing = true;     // that one is writing

    bool operator==(Settings const&) const = default;
};

struct SettingsChange {
    std::optional<bool> read_marks = {};
    std::optional<bool> presence = {};
    std::optional<bool> typing = {};
};

/// One person with whom there is something: one may write to them, or is waited for, or blocks them.
struct Contact {
    std::string handle;
    std::string name; // empty of one who was asked
    Standing standing = Standing::contact;
    TalkSettings settings = {};
    std::uint64_t last_seq = 0;
    std::uint64_t unread = 0;
    std::uint64_t my_read = 0;
    std::uint64_t their_delivered = 0;
    std::uint64_t their_read = 0;
    bool is_online = false;
    std::optional<Message> last;
};

/// One device of one's own person, or of somebody else's: of theirs number and is_this are not known.
struct OwnDevice {
    std::uint64_t number = 0;
    std::string name;
    bool is_plain = false; // without a key: for the plain-lines door
    bool is_this = false;
    std::chrono::sys_time<std::chrono::milliseconds> since;
    std::optional<std::array<std::byte, 32>> identity = {}; // a plain one has none
};

/// A further device that wants to be one's own, and waits for `Client::confirm`.
struct WaitingDevice {
    std::uint64_t ask = 0; // a number of the server's, for this time
    std::string name;
    std::string address;                   // where it is, as the server sees it
    std::array<std::byte, 32> identity {}; // to be compared with what it shows itself
};

/// A one-time secret that was asked for.
struct Secret {
    std::string words;
    std::chrono::sys_time<std::chrono::milliseconds> expires;
};

/// Why something is not so: one word of docs/protocol.md (or "store", "network"), and a sentence.
struct Failure {
    std::string word;
    std::string sentence;
};

enum class Connectedness : std::uint8_t {
    away,       // not connected; it tries again at next_deadline, or not at all after `ended`
    connecting, // on its way
    here,       // signed in
};

/// Is told what happens, in Client::turn and in no other call. Override what is of interest.
class ClientHandler {
public:
    /// A new entry of anybody's, one's own from other devices too: each once, in the order of the feed.
    /// It is stored already, so a program that was killed before it was told finds it with Client::feed.
    virtual void heard(Message const& message) { (void)message; }

    /// One's own message has another state. What this device said is told here alone, not by `heard`.
    virtual void changed(Message const& message) { (void)message; }

    /// `fetch_older` has brought what there was; `more` if there is still more.
    virtual void fetched(std::string const& with, bool more) { (void)with, (void)more; }

    virtual void typing(std::string const& from) { (void)from; }
    virtual void presence(std::string const& who, bool is_online) { (void)who, (void)is_online; }

    /// The connection has come or gone; `words` say why it went.
    virtual void connection(Connectedness now, std::string const& words) { (void)now, (void)words; }

    /// It ended for good: replaced, revoked, another server's identity. Nothing more will happen.
    virtual void ended(Failure const& why) { (void)why; }

    /// How somebody stands to this person has changed, or what was chosen for the conversation, here or
    /// on another device. Without a contact there is nothing between the two any more.
    virtual void talk_changed(std::string const& with, std::optional<Contact> const& contact)
    {
        (void)with, (void)contact;
    }

    /// What this person has chosen has changed, here or on another device.
    virtual void settings(Settings const& now) { (void)now; }

    /// A further device wants to be this person's: see Client::confirm. It may be told again.
    virtual void device_asks(WaitingDevice const& device) { (void)device; }

    /// This device is new, and must be confirmed on another of the same person's.
    virtual void waits_for_confirmation() { }

    /// A copy of this device seems to exist: texts of ours were numbered anew, and none is lost.
    virtual void copy_seen() { }

    /// The server was restored from a backup; what it has lost of ours is said again.
    virtual void another_life() { }

    // The answers to `ask_…`, by the number that it gave.
    virtual void people(std::uint64_t asked, std::vector<Contact> const& all)
    {
        (void)asked, (void)all;
    }
    virtual void devices(std::uint64_t asked, std::vector<OwnDevice> const& all)
    {
        (void)asked, (void)all;
    }
    virtual void secret(std::uint64_t asked, Secret const& secret) { (void)asked, (void)secret; }
    /// The new recovery phrase. It is kept nowhere else.
    virtual void recovery(std::uint64_t asked, std::string const& phrase)
    {
        (void)asked, (void)phrase;
    }
    virtual void done(std::uint64_t asked) { (void)asked; }
    /// Refused, or the connection went before the answer: ask again.
    virtual void denied(std::uint64_t asked, Failure const& why) { (void)asked, (void)why; }

protected:
    ~ClientHandler() = default;
};

/// What `Client::join` needs to know.
struct Joining {
    std::string server =
        {}; // "chat.example:8000", "[::1]:8000", "unix:/path"; empty: 127.0.0.1:8000
    std::string secret = {};      // the one-time secret: of an invitation, or for a further device
    std::string handle = {};      // for a new person; empty for a further device
    std::string name = {};        // what others are shown; empty: the handle
    std::string device_name = {}; // empty: this machine's name
    std::string link = {};        // duet://…; if there is one, server and secret are its
};

/// One text for `Client::say`, when there are several.
struct Saying {
    std::string to;
    std::string text;
    std::string key = {};
};

class Carrier;

class Client {
public:
    template <typename Value>
    using Result = std::expected<Value, Failure>;

    /// Makes a device in an empty or new directory (mode 0700): a key, and what it needs to enrol. It
    /// does not connect yet; a device that was cut off while it enrolled goes on with it by itself.
    /// Doing it again in a directory that has a device is refused, unless that never was enrolled.
    ///
    /// With a link the server is known before it is met, and whoever else stands there learns nothing. A
    /// secret alone is shown to the first that is met at that address.
    ///
    /// Errors  "store", "exists"; link_malformed and what else is wrong with the words.
    static Result<void> prepare(std::string const& directory, Joining const& joining);

    /// Opens the device in a directory. `handler` is lent. One process at a time: "held" otherwise, and
    /// the sentence names the process. "not_joined" if there is no device.
    static Result<std::unique_ptr<Client>> open(
        std::string const& directory, ClientHandler& handler);

    ~Client();
    Client(Client const&) = delete;
    Client& operator=(Client const&) = delete;

    /// Lets happen what can happen, for at most so long; returns as soon as something did.
    void turn(std::chrono::milliseconds at_most);
    [[nodiscard]] int descriptor() const;
    [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> next_deadline() const;

    [[nodiscard]] bool is_enrolled() const;
    [[nodiscard]] Connectedness connectedness() const;
    [[nodiscard]] std::string const& you() const; // one's own handle; empty before it is enrolled
    [[nodiscard]] std::string const& server() const; // as it was given to `prepare`

    /// Puts a text into the outbox; it is on disk when this returns. With `key`, a key of the caller's
    /// own (1 to 128 bytes), the same key again is the same message: its say_id is given, and the new
    /// text is not looked at. For another receiver it is an error, since one of the two would be lost.
    ///
    /// Said to somebody who is no contact it is a request to become one: of at most 1,000 characters, and
    /// one alone until it is answered.
    ///
    /// Gives   the say_id.
    /// Errors  text_empty, text_too_long, control_character, not_utf8, handle_wrong; key_used;
    ///         store.
    Result<std::uint64_t> say(
        std::string const& to, std::string const& text, std::string const& key = {});

    /// The same for several at once, all or none of them: one write to the disk for all.
    Result<std::vector<std::uint64_t>> say_all(std::vector<Saying> const& sayings);

    /// Everything in the conversation up to here was seen. (A number beyond the last is the last.)
    void read(std::string const& with, std::uint64_t seq);

    /// The user is typing; call it as often as you like.
    void typing(std::string const& to);

    // What is stored here. None of these waits for the network.

    /// One's own message; nullopt if there is none of that number.
    [[nodiscard]] std::optional<Message> own(std::uint64_t say_id) const;

    /// Those that wait, in the order in which they were written.
    [[nodiscard]] std::vector<Message> outbox() const;

    /// The newest `limit` entries of a conversation before `before` (0: the newest of all), oldest first.
    [[nodiscard]] std::vector<Message> history(
        std::string const& with, std::uint64_t before, std::size_t limit) const;

    /// The entries of the feed from this number on, as far as they are stored here.
    [[nodiscard]] std::vector<Message> feed(std::uint64_t from, std::size_t limit) const;

    /// The cursor: everything up to this feed number is stored here.
    [[nodiscard]] std::uint64_t cursor() const;

    /// What is known of everybody with whom there is something, without asking.
    [[nodiscard]] std::vector<Contact> contacts() const;

    [[nodiscard]] Settings settings() const;

    /// The identity of this device, and of the server: none before it was met.
    [[nodiscard]] std::array<std::byte, 32> identity() const;
    [[nodiscard]] std::optional<std::array<std::byte, 32>> server_identity() const;

    // What the server is asked. Each gives a number, by which the handler knows the answer; away, it is
    // denied with "network".

    std::uint64_t ask_people();
    std::uint64_t ask_devices();
    std::uint64_t ask_devices_of(std::string const& contact);
    std::uint64_t ask_invitation();
    std::uint64_t ask_device_link(bool plain);
    std::uint64_t ask_revoke(std::uint64_t device);

    /// Those that wait for a yes, as far as the server has told on this connection.
    [[nodiscard]] std::vector<WaitingDevice> waiting_devices() const;

    /// Whoever asks to be a contact is one; or never learns of it, and is not heard again.
    std::uint64_t ask_accept(std::string const& with);
    std::uint64_t ask_refuse(std::string const& with);

    /// Nothing goes either way, and the other is not told so.
    std::uint64_t ask_block(std::string const& with);
    std::uint64_t ask_unblock(std::string const& with);

    std::uint64_t ask_change(SettingsChange const& change);
    std::uint64_t ask_change(std::string const& with, TalkChange const& change);

    /// Makes another recovery phrase; from the answer on (ClientHandler::recovery) it alone is good.
    std::uint64_t ask_recovery();

    /// Shows an entry to the operator.
    std::uint64_t ask_report(std::string const& with, std::uint64_t seq);

    /// Leaves the server, for good: keys, name and all that was said here are erased there.
    std::uint64_t ask_leave();

    /// Whether a device that waits may be one's own: see ClientHandler::device_asks.
    std::uint64_t confirm(std::uint64_t ask, bool yes);

    /// Brings entries that are older than what is stored, or that are missing between: see `fetched`.
    void fetch_older(std::string const& with);

    /// For whoever brings the bytes to the server otherwise; not for users of the library.
    explicit Client(std::unique_ptr<Carrier> carrier);

private:
    std::unique_ptr<Carrier> carrier_;
};

/// What an entry of kind "device_added" says; nullopt if it is none.
std::optional<NewDevice> new_device(Message const& message);

/// What a text that cannot be said would be refused with: as Client::say.
std::optional<Failure> why_not_said(std::string const& text);

} // namespace duet
