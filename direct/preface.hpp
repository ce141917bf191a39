// How two installations find out who the other is, before one of them serves the other.
//
// A calculation, one for each connection and side: lines in, lines out, and questions to its owner, who
// knows whom it has paired with and what links it has given. Nothing is believed before it is proved: the
// caller says nothing of a secret before the listener has proved to be who the link names, and the
// listener looks at no secret before the caller has proved to hold its identity. Both proofs are bound to
// the connection by the TLS exporter, so a man in the middle, who has two connections, has none that fits.
//
//   greeting   the other's hello is waited for
//   met        the caller's owner says how it goes on: `prove`
//   proving    the listener waits for the caller's proof
//   pairing    the listener waits for the secret, or the caller for the listener's yes
//   known      who calls says to be known: the listener's owner says `accept` or `refuse`
//   asked      a secret has come, or the caller has shown to know the code: likewise
//   tried      a code is tried: the listener's owner has taken the try, and says `answer`, or `refuse`
//   done       both are who they say, and known; what follows on this connection is the ordinary protocol
//   over       nothing more is said: see `why`
//
// Source  docs/protocol.md, "Direct".

#pragma once

#include "base/bytes.hpp"
#include "base/identity.hpp"
#include "base/result.hpp"
#include "direct/preface_lines.hpp"
#include "pairing/pairing.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace duet {

/// The longest that all lines of one side of a preface may be together.
inline constexpr std::size_t preface_bytes_max = 4096;

/// Whether the one with this identity is the scribe of the two: SHA-256 of it is the smaller.
bool is_scribe(Identity const& one, Identity const& other);

class Preface {
public:
    enum class Side : std::uint8_t { calling, listening };
    enum class Stage : std::uint8_t {
        greeting,
        met,
        proving,
        pairing,
        known,
        asked,
        tried,
        done,
        over
    };

    /// `port` is where we can be called, or 0. `nonce` is fresh. `exporter` is the connection's.
    Preface(Side side, KeyPair const& keys, std::uint16_t port, Nonce const& nonce, Bytes exporter);

    /// The caller speaks first.
    void begin(std::string& output);

    /// One line of the other's, without its end, while the stage is one that waits for it. What has to be
    /// answered is added to `output`.
    void take(Bytes line, std::string& output);

    /// True while a line is waited for; otherwise it is the owner's turn, or nobody's.
    [[nodiscard]] bool waits_for_line() const;

    // The caller's owner, in `met`

    void prove_known(std::string& output);
    void prove_and_pair(std::string secret, std::string name, std::string& output);

    void prove_and_try(
        ShortCode const& code, std::string name, PairingRandom const& random, std::string& output);

    // The listener's owner

    /// In `tried`: `code` is the one of that name.
    void answer(ShortCode const& code, PairingRandom const& random, std::string& output);

    /// In `known` and `asked`: both are paired, on disk. `name` is what we are called.
    void accept(std::string const& name, std::string& output);

    /// Whoever it is, and whenever: the other is told, and it is over.
    void refuse(Error why, std::string& output);

    [[nodiscard]] Stage stage() const { return stage_; }
    [[nodiscard]] Side side() const { return side_; }

    /// Whom we met. Of the listener proved from `met` on, of the caller from `known` or `asked` on.
    [[nodiscard]] Identity const& identity() const { return theirs_.identity; }
    /// Where they can be called; 0: nowhere.
    [[nodiscard]] std::uint16_t port() const { return theirs_.port; }
    /// How they go on from `known`.
    [[nodiscard]] Pairing pairing() const { return pairing_; }
    /// In `tried`.
    [[nodiscard]] std::uint64_t code_name() const { return code_name_; }
    /// In `asked`, of a link.
    [[nodiscard]] std::string const& secret() const { return secret_; }
    /// What they call themselves, once they have said it.
    [[nodiscard]] std::string const& name() const { return name_; }
    /// Why it is over, and whether the other has said so.
    [[nodiscard]] Error why() const { return why_; }
    [[nodiscard]] bool was_refused() const { return was_refused_; }

private:
    void on(PrefaceHello const& hello, std::string& output);
    void on(PrefaceProve const& prove, std::string& output);
    void on(PrefacePair const& pair, std::string& output);
    void on(PrefaceCode const& code, std::string& output);
    void on(PrefaceShare const& share, std::string& output);
    void on(PrefaceConfirm const& confirm, std::string& output);
    void on(PrefacePaired const& paired, std::string& output);
    void on(PrefaceBye const& bye, std::string& output);
    [[nodiscard]] PairingChannel channel() const;
    [[nodiscard]] Challenge challenge(Prover prover) const;

    Side const side_;
    KeyPair const& keys_;
    PrefaceHello ours_;
    PrefaceHello theirs_ {};
    std::string exporter_;
    JsonReader reader_;

    Stage stage_ = Stage::greeting;
    Pairing pairing_ = Pairing::none;
    std::string secret_;
    std::string name_;
    std::string own_name_; // to be told with our tag
    std::uint64_t code_name_ = 0;
    CpaceShare callers_share_ {};
    std::unique_ptr<PairingCaller> as_caller_;     // while a code is tried
    std::unique_ptr<PairingListener> as_listener_; // likewise
    std::optional<CpaceTag> tag_;                  // ours, for the last line
    Error why_ = Error::out_of_order;
    bool was_refused_ = false;
};

} // namespace duet
