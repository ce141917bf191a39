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
//   asked      a secret has come: likewise
//   done       both are who they say, and known; what follows on this connection is the ordinary protocol
//   over       nothing more is said: see `why`
//
// Source  docs/protocol.md, "Direct".

#pragma once

#include "base/bytes.hpp"
#include "base/identity.hpp"
#include "base/result.hpp"
#include "direct/preface_lines.hpp"

#include <cstdint>
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
    enum class Stage : std::uint8_t { greeting, met, proving, pairing, known, asked, done, over };

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

    // The listener's owner

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
    /// In `asked`.
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
    void on(PrefacePaired const& paired, std::string& output);
    void on(PrefaceBye const& bye, std::string& output);
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
    Error why_ = Error::out_of_order;
    bool was_refused_ = false;
};

} // namespace duet
