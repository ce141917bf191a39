#include "direct/preface.hpp"

#include "base/check.hpp"
#include "core/text.hpp"

#include <utility>

namespace duet {

namespace {

constexpr std::uint64_t protocol_version = 1;

} // namespace

bool is_scribe(Identity const& one, Identity const& other)
{
    return hash_of(one) < hash_of(other);
}

Preface::Preface(
    Side side, KeyPair const& keys, std::uint16_t port, Nonce const& nonce, Bytes exporter)
    : side_(side)
    , keys_(keys)
    , ours_ {protocol_version, nonce, keys.identity, port, std::nullopt}
    , exporter_(as_text(exporter))
{
}

void Preface::begin(std::string& output)
{
    check(side_ == Side::calling);
    encode(ours_, output);
}

bool Preface::waits_for_line() const
{
    return stage_ == Stage::greeting or stage_ == Stage::proving or stage_ == Stage::pairing;
}

void Preface::take(Bytes line, std::string& output)
{
    check(waits_for_line());
    auto const read = decode_preface(reader_, line);
    if (not read.has_value())
        return refuse(read.error(), output);
    std::visit([&](auto const& one) { on(one, output); }, *read);
}

/// The listener is in the server's place, and the caller in a device's.
Challenge Preface::challenge(Prover prover) const
{
    bool const calls = side_ == Side::calling;
    PrefaceHello const& caller = calls ? ours_ : theirs_;
    PrefaceHello const& listener = calls ? theirs_ : ours_;
    return {prover, caller.nonce, listener.nonce, listener.identity, as_bytes(exporter_)};
}

void Preface::on(PrefaceHello const& hello, std::string& output)
{
    if (stage_ != Stage::greeting)
        return refuse(Error::out_of_order, output);
    if (hello.version != protocol_version)
        return refuse(Error::version_unknown, output);
    // Ours come back: a mirror, or we have called ourselves.
    if (hello.identity == keys_.identity)
        return refuse(Error::to_oneself, output);
    theirs_ = hello;
    if (side_ == Side::listening) {
        PrefaceHello answer = ours_;
        answer.proof = duet::prove(keys_, challenge(Prover::server));
        encode(answer, output);
        stage_ = Stage::proving;
        return;
    }
    bool const is_proved = hello.proof.has_value()
        and is_proof(*hello.proof, hello.identity, challenge(Prover::server));
    if (not is_proved)
        return refuse(Error::proof_wrong, output);
    stage_ = Stage::met;
}

void Preface::prove_known(std::string& output)
{
    check(stage_ == Stage::met);
    encode(PrefaceProve {duet::prove(keys_, challenge(Prover::device)), Pairing::none}, output);
    stage_ = Stage::pairing;
}

void Preface::prove_and_pair(std::string secret, std::string name, std::string& output)
{
    check(stage_ == Stage::met);
    encode(PrefaceProve {duet::prove(keys_, challenge(Prover::device)), Pairing::link}, output);
    encode(PrefacePair {std::move(secret), std::move(name)}, output);
    stage_ = Stage::pairing;
}

/// To what a code is bound: this connection, and these two.
PairingChannel Preface::channel() const
{
    bool const calls = side_ == Side::calling;
    PrefaceHello const& caller = calls ? ours_ : theirs_;
    PrefaceHello const& listener = calls ? theirs_ : ours_;
    return {caller.identity, listener.identity, caller.nonce, listener.nonce, as_bytes(exporter_)};
}

void Preface::prove_and_try(
    ShortCode const& code, std::string name, PairingRandom const& random, std::string& output)
{
    check(stage_ == Stage::met);
    as_caller_ = std::make_unique<PairingCaller>(code, channel(), random);
    own_name_ = std::move(name);
    pairing_ = Pairing::code;
    encode(PrefaceProve {duet::prove(keys_, challenge(Prover::device)), Pairing::code}, output);
    encode(PrefaceCode {code.name, as_caller_->share()}, output);
    stage_ = Stage::pairing;
}

void Preface::on(PrefaceCode const& code, std::string& output)
{
    bool const is_its_turn = side_ == Side::listening and stage_ == Stage::pairing
        and pairing_ == Pairing::code and as_listener_ == nullptr;
    if (not is_its_turn)
        return refuse(Error::out_of_order, output);
    if (not is_cpace_share(code.share))
        return refuse(Error::field_wrong, output);
    code_name_ = code.code;
    callers_share_ = code.share;
    stage_ = Stage::tried;
}

void Preface::answer(ShortCode const& code, PairingRandom const& random, std::string& output)
{
    check(stage_ == Stage::tried);
    as_listener_ = std::make_unique<PairingListener>(code, channel(), callers_share_, random);
    encode(PrefaceShare {as_listener_->share()}, output);
    stage_ = Stage::pairing;
}

void Preface::on(PrefaceShare const& share, std::string& output)
{
    if (as_caller_ == nullptr or stage_ != Stage::pairing or tag_.has_value())
        return refuse(Error::out_of_order, output);
    tag_ = as_caller_->meet(share.share);
    if (not tag_.has_value())
        return refuse(Error::secret_unknown, output);
    encode(PrefaceConfirm {*tag_, own_name_}, output);
}

/// Who confirms first shows first: a caller who only guesses learns nothing.
void Preface::on(PrefaceConfirm const& confirm, std::string& output)
{
    if (as_listener_ == nullptr or stage_ != Stage::pairing)
        return refuse(Error::out_of_order, output);
    if (auto const name = check_name(confirm.name); not name.has_value())
        return refuse(name.error(), output);
    tag_ = as_listener_->answer(confirm.tag);
    if (not tag_.has_value())
        return refuse(Error::secret_unknown, output);
    name_ = confirm.name;
    stage_ = Stage::asked;
}

void Preface::on(PrefaceProve const& prove, std::string& output)
{
    if (stage_ != Stage::proving)
        return refuse(Error::out_of_order, output);
    if (not is_proof(prove.proof, theirs_.identity, challenge(Prover::device)))
        return refuse(Error::proof_wrong, output);
    pairing_ = prove.pairing;
    stage_ = pairing_ == Pairing::none ? Stage::known : Stage::pairing;
}

void Preface::on(PrefacePair const& pair, std::string& output)
{
    bool const is_its_turn =
        side_ == Side::listening and stage_ == Stage::pairing and pairing_ == Pairing::link;
    if (not is_its_turn)
        return refuse(Error::out_of_order, output);
    if (auto const name = check_name(pair.name); not name.has_value())
        return refuse(name.error(), output);
    secret_ = pair.secret;
    name_ = pair.name;
    stage_ = Stage::asked;
}

void Preface::accept(std::string const& name, std::string& output)
{
    check(stage_ == Stage::known or stage_ == Stage::asked);
    encode(PrefacePaired {name, tag_}, output);
    stage_ = Stage::done;
}

void Preface::on(PrefacePaired const& paired, std::string& output)
{
    if (side_ != Side::calling or stage_ != Stage::pairing)
        return refuse(Error::out_of_order, output);
    if (auto const name = check_name(paired.name); not name.has_value())
        return refuse(name.error(), output);
    bool const is_shown = as_caller_ == nullptr
        or (tag_.has_value() and paired.tag.has_value() and as_caller_->is_shown_by(*paired.tag));
    if (not is_shown)
        return refuse(Error::secret_unknown, output);
    name_ = paired.name;
    stage_ = Stage::done;
}

void Preface::on(PrefaceBye const& bye, std::string&)
{
    why_ = bye.reason;
    was_refused_ = true;
    stage_ = Stage::over;
}

void Preface::refuse(Error why, std::string& output)
{
    encode(PrefaceBye {why}, output);
    why_ = why;
    stage_ = Stage::over;
}

} // namespace duet
