#include "net/tls_certificate.hpp"

#include "base/check.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <chrono>
#include <ctime>
#include <memory>

namespace duet {

namespace {

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
    void operator()(BIGNUM* number) const { BN_free(number); }
};

template <typename Thing>
using Owned = std::unique_ptr<Thing, Free>;

std::time_t seconds(Time time)
{
    return std::chrono::system_clock::to_time_t(time);
}

/// What a library without memory or randomness cannot do, nobody can.
void must(bool is_done)
{
    if (not is_done)
        give_up("OpenSSL cannot make a certificate");
}

void put_random_serial(X509* certificate)
{
    Owned<BIGNUM> const number(BN_new());
    must(BN_rand(number.get(), 127, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1);
    must(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr);
}

void put_name(X509* certificate, std::string const& name)
{
    X509_NAME* const subject = X509_get_subject_name(certificate);
    auto const* const text = reinterpret_cast<unsigned char const*>(name.c_str());
    // A host may be longer than a common name can be, or empty: then it is left out.
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    ERR_clear_error();
    must(X509_set_issuer_name(certificate, subject) == 1);
}

void put_extension(X509* certificate, int which, std::string const& value)
{
    Owned<X509_EXTENSION> const extension(
        X509V3_EXT_conf_nid(nullptr, nullptr, which, value.c_str()));
    // A name that fits in no extension is left out: nobody of ours looks.
    if (extension != nullptr)
        must(X509_add_ext(certificate, extension.get(), -1) == 1);
    ERR_clear_error();
}

std::optional<Time> time_of(ASN1_TIME const* from)
{
    std::tm broken_down {};
    if (ASN1_TIME_to_tm(from, &broken_down) != 1)
        return std::nullopt;
    return std::chrono::floor<std::chrono::milliseconds>(
        std::chrono::system_clock::from_time_t(::timegm(&broken_down)));
}

} // namespace

std::string make_certificate(std::string const& name, CertificateDates const& dates)
{
    std::string curve = "P-256"; // OpenSSL's macro takes it without const
    Owned<EVP_PKEY> const key(EVP_EC_gen(curve.data()));
    Owned<X509> const certificate(X509_new());
    must(key != nullptr);
    must(certificate != nullptr);
    must(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
    put_random_serial(certificate.get());
    must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds(dates.from)) != nullptr);
    must(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds(dates.until)) != nullptr);
    put_name(certificate.get(), name);
    put_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
    put_extension(certificate.get(), NID_subject_alt_name, "DNS:" + name);
    must(X509_set_pubkey(certificate.get(), key.get()) == 1);
    must(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);

    Owned<BIO> const text(BIO_new(BIO_s_mem()));
    must(PEM_write_bio_X509(text.get(), certificate.get()) == 1);
    must(PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr)
        == 1);
    char* first = nullptr;
    auto const bytes = BIO_get_mem_data(text.get(), &first);
    return {first, static_cast<std::size_t>(bytes)};
}

Result<CertificateDates, std::string> dates_of_certificate(std::string const& path)
{
    Owned<BIO> const file(BIO_new_file(path.c_str(), "r"));
    Owned<X509> const certificate(
        file == nullptr ? nullptr : PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr));
    ERR_clear_error();
    if (file == nullptr)
        return fail("cannot read the certificate " + path);
    if (certificate == nullptr)
        return fail("there is no certificate in " + path);
    auto const from = time_of(X509_get0_notBefore(certificate.get()));
    auto const until = time_of(X509_get0_notAfter(certificate.get()));
    if (not from.has_value() or not until.has_value())
        return fail("the certificate " + path + " has no dates");
    return CertificateDates {*from, *until};
}

} // namespace duet
