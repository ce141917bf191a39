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
    if (side_ != Side::listening or stage_ != Stage::pairing)
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
    encode(PrefacePaired {name}, output);
    stage_ = Stage::done;
}

void Preface::on(PrefacePaired const& paired, std::string& output)
{
    if (side_ != Side::calling or stage_ != Stage::pairing)
        return refuse(Error::out_of_order, output);
    if (auto const name = check_name(paired.name); not name.has_value())
        return refuse(name.error(), output);
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
