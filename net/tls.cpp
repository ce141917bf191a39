#include "net/tls.hpp"

#include "base/check.hpp"
#include "base/limits.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace duet {

namespace {

constexpr std::string_view exporter_label = "EXPORTER-duet/1";

// As ALPN has them: each with its length before it.
constexpr std::string_view server_protocols = "\x06"
                                              "duet/1"
                                              "\x08"
                                              "http/1.1";
constexpr std::string_view client_protocols = "\x06"
                                              "duet/1";

/// The quick ones first, and none that takes a caller nothing and us a millisecond.
constexpr char const* cipher_suites =
    "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";
constexpr std::string_view groups = "X25519:P-256:P-384";

unsigned char const* octets(std::string_view text)
{
    return reinterpret_cast<unsigned char const*>(text.data());
}

/// What OpenSSL says of its last failure.
std::string reason()
{
    auto const* const words = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    return words == nullptr ? "TLS failed" : words;
}

int choose_protocol(SSL*, unsigned char const** chosen, unsigned char* chosen_bytes,
    unsigned char const* offered, unsigned offered_bytes, void*)
{
    unsigned char* found = nullptr;
    int const result = SSL_select_next_proto(&found, chosen_bytes, octets(server_protocols),
        static_cast<unsigned>(server_protocols.size()), offered, offered_bytes);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/// A key under a password is of no use here, and a question on the terminal even less.
int no_password(char*, int, int, void*)
{
    return -1;
}

/// What both sides have in common.
void settle(SSL_CTX* context)
{
    std::string list(groups); // OpenSSL's macro takes it without const
    bool const is_settled = SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1
        and SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1
        and SSL_CTX_set_ciphersuites(context, cipher_suites) == 1
        and SSL_CTX_set1_groups_list(context, list.data()) == 1;
    check(is_settled);
    SSL_CTX_set_options(
        context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // What is queued moves and grows while a part of it is on its way.
    SSL_CTX_set_mode(context,
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE
            | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    // One receive for all that has come, and not two for each record of it.
    SSL_CTX_set_read_ahead(context, 1);
}

} // namespace

// The way between OpenSSL and a socket

struct TlsWire {
    static Tls& of(BIO* bio) { return *static_cast<Tls*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* room, int bytes)
    {
        BIO_clear_retry_flags(bio);
        int const came = of(bio).take(
            std::as_writable_bytes(std::span(room, static_cast<std::size_t>(std::max(bytes, 0)))));
        if (came < 0)
            BIO_set_retry_read(bio);
        return came;
    }

    static int write(BIO* bio, char const* from, int bytes)
    {
        BIO_clear_retry_flags(bio);
        int const taken = of(bio).put(
            as_bytes(std::string_view(from, static_cast<std::size_t>(std::max(bytes, 0)))));
        if (taken < 0)
            BIO_set_retry_write(bio);
        return taken > 0 ? taken : -1;
    }

    static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }

    /// One for the process, made when it is first needed: OpenSSL has numbers for few kinds of them.
    static BIO_METHOD const* method()
    {
        static BIO_METHOD const* const only = make();
        return only;
    }

private:
    static BIO_METHOD const* make()
    {
        BIO_METHOD* const method = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "duet");
        check(method != nullptr);
        BIO_meth_set_read(method, &read);
        BIO_meth_set_write(method, &write);
        BIO_meth_set_ctrl(method, &control);
        return method;
    }
};

// TlsContext

void TlsContext::Free::operator()(ssl_ctx_st* context) const
{
    SSL_CTX_free(context);
}

void TlsContext::Free::operator()(ssl_session_st* session) const
{
    SSL_SESSION_free(session);
}

TlsContext::TlsContext(Shared shared) : shared_(std::move(shared)) { }

TlsContext::~TlsContext() = default;

Result<std::unique_ptr<TlsContext>, std::string> TlsContext::for_server(
    CertificateFiles const& files)
{
    auto shared = TRY(make_server(files));
    return std::unique_ptr<TlsContext>(new TlsContext(std::move(shared)));
}

Result<void, std::string> TlsContext::reload(CertificateFiles const& files)
{
    shared_ = TRY(make_server(files)); // each connection holds the one that it began with
    return {};
}

Result<TlsContext::Shared, std::string> TlsContext::make_server(CertificateFiles const& files)
{
    ERR_clear_error();
    Shared shared(SSL_CTX_new(TLS_server_method()));
    if (shared == nullptr)
        return fail(reason());
    SSL_CTX* const context = shared.get();
    settle(context);
    SSL_CTX_set_default_passwd_cb(context, &no_password);
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
        return fail("cannot use the certificate " + files.certificate + ": " + reason());
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail("cannot use the key " + files.key + ": " + reason());
    SSL_CTX_set_alpn_select_cb(context, &choose_protocol, nullptr);
    // What a ticket says is with its holder, sealed: nothing is kept here for who may never come back.
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_max_early_data(context, 0);
    SSL_CTX_set_recv_max_early_data(context, 0);
    return shared;
}

Result<std::unique_ptr<TlsContext>, std::string> TlsContext::for_client()
{
    ERR_clear_error();
    Shared shared(SSL_CTX_new(TLS_client_method()));
    if (shared == nullptr)
        return fail(reason());
    SSL_CTX* const context = shared.get();
    settle(context);
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nullptr); // identities are proved inside
    if (SSL_CTX_set_alpn_protos(
            context, octets(client_protocols), static_cast<unsigned>(client_protocols.size()))
        != 0)
        return fail(reason());
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, &keep_ticket);
    std::unique_ptr<TlsContext> made(new TlsContext(std::move(shared)));
    SSL_CTX_set_app_data(context, made.get());
    return made;
}

/// Gives 1 if it keeps what it was given.
int TlsContext::keep_ticket(ssl_st* connection, ssl_session_st* ticket)
{
    auto* const ours = static_cast<TlsContext*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(connection)));
    ours->ticket_.reset(ticket);
    return 1;
}

// Tls

void Tls::Free::operator()(ssl_st* connection) const
{
    SSL_free(connection);
}

Tls::Tls(TlsContext& context, Side side, Socket const& socket, Bytes already_received)
    : socket_(socket)
    , already_received_(as_text(already_received))
    , connection_(SSL_new(context.shared_.get()))
{
    BIO* const bio = BIO_new(TlsWire::method());
    if (connection_ == nullptr or bio == nullptr)
        give_up("no memory for a TLS connection");
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(connection_.get(), bio, bio);
    if (side == Side::server) {
        SSL_set_accept_state(connection_.get());
        return;
    }
    SSL_set_connect_state(connection_.get());
    // Used once and no more, so that nobody can tell by it that two calls come from one device.
    if (auto const ticket = std::move(context.ticket_); ticket != nullptr)
        SSL_set_session(connection_.get(), ticket.get());
}

SocketResult<void> Tls::shake_hands()
{
    take_note(TRY(work_on_keys()));
    return {};
}

SocketResult<Tls::Progress> Tls::work_on_keys()
{
    if (error_ != nullptr)
        return fail(*error_);
    ERR_clear_error();
    may_look_ = true;
    int const result = SSL_do_handshake(connection_.get());
    if (result == 1)
        return export_keys();
    int const what = SSL_get_error(connection_.get(), result);
    if (what != SSL_ERROR_WANT_READ and what != SSL_ERROR_WANT_WRITE)
        return fail(failure("agree on keys with"));
    if (handshake_bytes_ > limits::handshake_bytes_max) {
        error_ = std::make_unique<SocketError>(
            SocketError {"agree on keys with", socket_.peer(), EPROTO, "it says too much"});
        return fail(*error_);
    }
    return what == SSL_ERROR_WANT_WRITE ? Progress::wants_to_write : Progress::wants_to_read;
}

void Tls::take_note(Progress progress)
{
    wants_to_write_ = progress == Progress::wants_to_write;
    is_secured_ = progress == Progress::has_agreed;
}

SocketResult<Tls::Progress> Tls::export_keys()
{
    auto* const out = reinterpret_cast<unsigned char*>(exporter_.data());
    if (SSL_export_keying_material(connection_.get(), out, exporter_.size(), exporter_label.data(),
            exporter_label.size(), nullptr, 0, 0)
        != 1)
        return fail(failure("agree on keys with"));
    // The other side may not have waited for us: what it said may be in OpenSSL's hands by now.
    has_more_ = not already_received_.empty() or SSL_has_pending(connection_.get()) == 1;
    return Progress::has_agreed;
}

SocketResult<std::optional<std::size_t>> Tls::receive(std::span<std::byte> room)
{
    if (error_ != nullptr)
        return fail(*error_);
    ERR_clear_error();
    may_look_ = true;
    has_more_ = false;
    std::size_t count = 0;
    while (count < room.size()) {
        std::size_t bytes = 0;
        int const result =
            SSL_read_ex(connection_.get(), room.data() + count, room.size() - count, &bytes);
        if (result == 1) {
            count += bytes;
            continue;
        }
        int const what = SSL_get_error(connection_.get(), result);
        if (what == SSL_ERROR_WANT_READ or what == SSL_ERROR_WANT_WRITE)
            return count > 0 ? std::optional(count) : std::nullopt;
        if (what != SSL_ERROR_ZERO_RETURN)
            error_ = std::make_unique<SocketError>(failure("receive from"));
        if (count > 0)
            break; // first what came before the end
        if (error_ != nullptr)
            return fail(*error_);
        return 0;
    }
    has_more_ = true;
    return count;
}

SocketResult<std::size_t> Tls::send(Bytes bytes)
{
    if (error_ != nullptr)
        return fail(*error_);
    ERR_clear_error();
    may_look_ = false;
    std::size_t taken = 0;
    while (taken < bytes.size()) {
        std::size_t some = 0;
        int const result =
            SSL_write_ex(connection_.get(), bytes.data() + taken, bytes.size() - taken, &some);
        taken += some;
        if (result == 1)
            continue;
        int const what = SSL_get_error(connection_.get(), result);
        if (what == SSL_ERROR_WANT_READ or what == SSL_ERROR_WANT_WRITE)
            break;
        return fail(failure("send to"));
    }
    return taken;
}

bool Tls::finish_sending()
{
    if (not is_secured_ or error_ != nullptr)
        return true;
    ERR_clear_error();
    may_look_ = false;
    int const result = SSL_shutdown(connection_.get());
    return result >= 0 or SSL_get_error(connection_.get(), result) != SSL_ERROR_WANT_WRITE;
}

std::string_view Tls::alpn() const
{
    unsigned char const* chosen = nullptr;
    unsigned bytes = 0;
    SSL_get0_alpn_selected(connection_.get(), &chosen, &bytes);
    return {reinterpret_cast<char const*>(chosen), bytes};
}

bool Tls::has_returned() const
{
    return SSL_session_reused(connection_.get()) == 1;
}

/// Why OpenSSL will not go on: the socket's own error, its end, or what it did not like.
SocketError Tls::failure(char const* tried)
{
    if (error_ != nullptr)
        return *error_;
    if (send_error_ != nullptr)
        return *send_error_;
    if (was_cut_)
        return {tried, socket_.peer(), ECONNRESET, "cut off without a goodbye"};
    return {tried, socket_.peer(), EPROTO, reason()};
}

int Tls::take(std::span<std::byte> room)
{
    if (not already_received_.empty()) {
        Bytes const some =
            as_bytes(already_received_).first(std::min(room.size(), already_received_.size()));
        std::ranges::copy(some, room.begin());
        handshake_bytes_ += some.size();
        auto const count = static_cast<int>(some.size());
        already_received_.erase(0, some.size());
        if (already_received_.empty())
            std::string().swap(already_received_);
        return count;
    }
    if (not std::exchange(may_look_, false))
        return -1;
    auto const came = socket_.receive(room);
    if (not came.has_value()) {
        error_ = std::make_unique<SocketError>(came.error());
        return 0;
    }
    if (not came->has_value())
        return -1;
    was_cut_ = **came == 0;
    if (not is_secured_)
        handshake_bytes_ += **came;
    return static_cast<int>(**came);
}

int Tls::put(Bytes bytes)
{
    auto const taken = socket_.send(bytes);
    if (not taken.has_value()) {
        // What the other side had sent before can still be received.
        send_error_ = std::make_unique<SocketError>(taken.error());
        return 0;
    }
    return *taken == 0 ? -1 : static_cast<int>(*taken);
}

} // namespace duet
