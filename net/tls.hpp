// TLS 1.3 over one socket (RFC 8446), by OpenSSL, which is met in net/tls*.cpp alone.
//
// A Tls belongs to a Connection (net/connection.hpp) and stands between it and its Socket: what is
// received has been decrypted, what is sent will be encrypted. It looks at the socket once in each call, as a
// connection in clear does, and owns no buffer while nothing is on its way.
//
// Nothing here decides whom we talk with. Certificates are a form that TLS wants; who is who is proved
// inside, by identities whose proofs are bound to the exporter (docs/protocol.md, "Who is who"). So a
// client looks at no name, no date and no chain.
//
// There is no older version, no early data, no renegotiation and no compression. The other side has ended
// when it has said so (close_notify): a stream that is cut without it is a connection that was lost.

#pragma once

#include "base/bytes.hpp"
#include "net/socket.hpp"
#include "net/timers.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace duet {

/// What both ends of one TLS connection know, and nobody between them (RFC 8446, section 7.5): label
/// "EXPORTER-duet/1", empty context.
using TlsExporter = std::array<std::byte, 32>;

/// What may be spoken inside (ALPN, RFC 7301).
inline constexpr std::string_view alpn_duet = "duet/1";
inline constexpr std::string_view alpn_http = "http/1.1";

/// Paths of PEM files; both may be the same one.
struct CertificateFiles {
    std::string certificate; // with its chain behind it
    std::string key;
    bool operator==(CertificateFiles const&) const = default;
};

/// What the TLS connections of one side share. It is lent to them, and outlives them.
class TlsContext {
public:
    /// For whoever is called: has a certificate, takes alpn_duet and alpn_http, gives a ticket for a quick
    /// return.
    /// Errors  a sentence: a file cannot be read, or the key is not the certificate's.
    static Result<std::unique_ptr<TlsContext>, std::string> for_server(
        CertificateFiles const& files);

    /// For whoever calls one server: offers alpn_duet, and comes back with the ticket it was given.
    static Result<std::unique_ptr<TlsContext>, std::string> for_client();

    ~TlsContext();
    TlsContext(TlsContext const&) = delete;
    TlsContext& operator=(TlsContext const&) = delete;

    /// From the next connection on these are what is shown. Those that run keep what they have; on an
    /// error all is as before.
    Result<void, std::string> reload(CertificateFiles const& files);

private:
    friend class Tls;
    struct Free {
        void operator()(ssl_ctx_st* context) const;
        void operator()(ssl_session_st* session) const;
    };
    using Shared = std::unique_ptr<ssl_ctx_st, Free>;

    explicit TlsContext(Shared shared);
    static Result<Shared, std::string> make_server(CertificateFiles const& files);
    static int keep_ticket(ssl_st* connection, ssl_session_st* ticket);

    Shared shared_;
    std::unique_ptr<ssl_session_st, Free> ticket_; // a client's; good for one return
};

class Tls {
public:
    enum class Side : std::uint8_t { server, client };

    /// `context` and `socket` are lent. `already_received` is what came before anybody knew that this
    /// would be TLS: it is read first.
    Tls(TlsContext& context, Side side, Socket const& socket, Bytes already_received);
    Tls(Tls const&) = delete;
    Tls& operator=(Tls const&) = delete;

    /// Does what can be done now towards agreeing on keys; done when is_secured.
    ///
    /// Errors  the connection is gone; code EPROTO: what came is no TLS 1.3, or not for us.
    SocketResult<void> shake_hands();

    /// The same in two halves. The first is arithmetic, much of it on the side of the server, and may be done
    /// on another thread if nobody else touches this Tls meanwhile; what it gives is for the second.
    enum class Progress : std::uint8_t { wants_to_read, wants_to_write, has_agreed };
    SocketResult<Progress> work_on_keys();
    void take_note(Progress progress);

    [[nodiscard]] bool is_secured() const { return is_secured_; }

    /// True while the handshake waits for the socket to take more.
    [[nodiscard]] bool wants_to_write() const { return wants_to_write_; }

    /// As Socket::receive; 0 is the other side's close_notify.
    ///
    /// Errors  the connection is gone, or was cut without it; EPROTO: what came is not as it was sent.
    SocketResult<std::optional<std::size_t>> receive(std::span<std::byte> room);

    /// True if there may be more to receive without the socket having anything: ask again.
    [[nodiscard]] bool has_more() const { return has_more_; }

    /// As Socket::send. What it has not taken must be what is sent next.
    SocketResult<std::size_t> send(Bytes bytes);

    /// Says close_notify. False if the socket has no room for it yet: say it again.
    bool finish_sending();

    /// What was agreed on. Only once it is secured.
    [[nodiscard]] TlsExporter const& exporter() const { return exporter_; }
    [[nodiscard]] std::string_view alpn() const; // empty if nothing was

    /// True if a ticket was taken, and so no certificate looked at.
    [[nodiscard]] bool has_returned() const;

    /// Its connections' own: the handshake's end, then the next look at what is left. Here, where only
    /// connections with TLS pay for it.
    TimerId timer {};

private:
    friend struct TlsWire; // OpenSSL's way to the socket
    struct Free {
        void operator()(ssl_st* connection) const;
    };

    SocketResult<Progress> export_keys();
    SocketError failure(char const* tried);

    // What OpenSSL asks of the socket. Each gives how many bytes, -1 for not now, 0 for never again.
    int take(std::span<std::byte> room);
    int put(Bytes bytes);

    Socket const& socket_;
    std::string already_received_;       // and not read yet
    std::unique_ptr<SocketError> error_; // once it has failed; null: it goes on
    std::unique_ptr<SocketError> send_error_;
    std::size_t handshake_bytes_ = 0;
    bool may_look_ = false; // at the socket, in this call
    bool is_secured_ = false;
    bool wants_to_write_ = false;
    bool has_more_ = false;
    bool was_cut_ = false; // the socket ended
    TlsExporter exporter_ {};
    std::unique_ptr<ssl_st, Free> connection_;
};

} // namespace duet
