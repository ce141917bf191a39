#include "pairing/pairing.hpp"

#include "base/check.hpp"

#include <sodium.h>

#include <string_view>

namespace duet {

namespace {

/// Texts of fixed and of changing length, each with its own before it: no two channels are alike.
void add_counted(std::string& text, std::string_view part)
{
    check(part.size() < 128); // one byte of LEB128
    text += static_cast<char>(part.size());
    text += part;
}

} // namespace

PairingTerms::PairingTerms(ShortCode const& code, PairingChannel const& channel)
    : password_(code.digits())
{
    add_counted(channel_, "duet/1 pair");
    add_counted(channel_, channel.caller.has_value() ? as_text(*channel.caller) : "");
    add_counted(channel_, as_text(channel.listener));
    add_counted(channel_, as_text(channel.exporter));
    session_ += as_text(channel.caller_nonce);
    session_ += as_text(channel.listener_nonce);
}

PairingTerms::~PairingTerms()
{
    ::sodium_memzero(password_.data(), password_.size());
}

CpaceInput PairingTerms::input() const
{
    return {as_bytes(password_), as_bytes(channel_), as_bytes(session_), as_bytes("caller"),
        as_bytes("listener")};
}

PairingCaller::PairingCaller(
    ShortCode const& code, PairingChannel const& channel, PairingRandom const& random)
    : terms_(code, channel), cpace_(Cpace::Role::initiator, terms_.input(), random)
{
}

std::optional<CpaceTag> PairingCaller::meet(CpaceShare const& theirs)
{
    auto const keys = cpace_.meet(theirs, terms_.input());
    if (not keys.has_value())
        return std::nullopt;
    expected_ = keys->responders;
    return keys->initiators;
}

bool PairingCaller::is_shown_by(CpaceTag const& listeners) const
{
    return expected_.has_value() and is_same_tag(*expected_, listeners);
}

PairingListener::PairingListener(ShortCode const& code, PairingChannel const& channel,
    CpaceShare const& callers, PairingRandom const& random)
{
    PairingTerms const terms(code, channel);
    Cpace const cpace(Cpace::Role::responder, terms.input(), random);
    auto const keys = cpace.meet(callers, terms.input());
    check(keys.has_value());
    share_ = cpace.share();
    expected_ = keys->initiators;
    own_ = keys->responders;
}

std::optional<CpaceTag> PairingListener::answer(CpaceTag const& callers) const
{
    if (not is_same_tag(callers, expected_))
        return std::nullopt;
    return own_;
}

} // namespace duet
