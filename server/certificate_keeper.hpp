// The certificate that a server shows: the operator's, or one of its own.
//
// The server's own lies in its data directory, is made at the first start, and made anew, with a new key,
// limits::certificate_renewal before its end. The operator's files are read again when they have changed.
// Connections that run notice nothing of either, and devices pin an identity, not a certificate.

#pragma once

#include "base/time.hpp"
#include "core/session.hpp"
#include "net/tls.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace duet {

class CertificateKeeper {
public:
    /// Shows the operator's.
    /// Errors  a sentence: it cannot be used.
    static Result<std::unique_ptr<CertificateKeeper>, std::string> of_operator(
        CertificateFiles files, Now now);

    /// Shows one of our own, that names `host` and lies in the file `path`.
    /// Errors  a sentence: it cannot be made.
    static Result<std::unique_ptr<CertificateKeeper>, std::string> of_our_own(
        std::string const& path, std::string host, Now now);

    /// What connections are secured with; it stays the same.
    [[nodiscard]] TlsContext& context() { return *context_; }

    /// Does what is due: looks at most every limits::certificate_interval.
    void pass_time(Now now);

    /// The operator asks for it.
    void look(Now now);

    [[nodiscard]] Time good_until() const { return good_until_; }

private:
    /// What tells a file from the one that was there before.
    struct Stamp {
        std::uint64_t device = 0;
        std::uint64_t number = 0;
        std::int64_t changed = 0; // nanoseconds
        std::int64_t bytes = 0;
        bool operator==(Stamp const&) const = default;
    };
    using Stamps = std::array<Stamp, 2>; // of certificate and key

    CertificateKeeper(CertificateFiles files, bool is_own, std::string host);
    static Result<std::unique_ptr<CertificateKeeper>, std::string> begin(
        std::unique_ptr<CertificateKeeper> keeper, Now now);
    [[nodiscard]] Result<void, std::string> make(Time now) const;
    [[nodiscard]] bool must_be_made(Time now) const;
    Result<void, std::string> take_up(Time now);
    [[nodiscard]] static Stamp stamp_of(std::string const& path);
    [[nodiscard]] Stamps stamps() const;

    CertificateFiles const files_;
    bool const is_own_;
    std::string const host_;
    std::unique_ptr<TlsContext> context_;
    Time good_until_ {};
    Stamps taken_ {}; // of the files as they are shown
    MonotonicTime next_look_ {};
    std::string told_; // what is wrong, as it was logged last
};

} // namespace duet
