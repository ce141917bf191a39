// Certificates (X.509), as far as TLS wants one: a self-made one, and the dates of any.
//
// Nobody of ours looks at what is in a certificate (net/tls.hpp), so a self-made one is as good as any
// other, and may be another one every day. Browsers are the ones who want an authority's.

#pragma once

#include "base/result.hpp"
#include "base/time.hpp"

#include <string>

namespace duet {

/// From when until when a certificate is good.
struct CertificateDates {
    Time from;
    Time until;
};

/// A new key (ECDSA, P-256) and a certificate for it that it signs itself: both as PEM, one behind the
/// other, for one file. `name` is the host that it names.
std::string make_certificate(std::string const& name, CertificateDates const& dates);

/// The dates of the first certificate in a PEM file.
/// Errors  a sentence: it cannot be read, or there is none in it.
Result<CertificateDates, std::string> dates_of_certificate(std::string const& path);

} // namespace duet
