#include "client/pairing_call.hpp"

#include "base/limits.hpp"
#include "base/random.hpp"
#include "doors/json.hpp"
#include "doors/lines.hpp"
#include "net/connections.hpp"
#include "net/dialler.hpp"
#include "net/loop.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"
#include "pairing/pairing.hpp"

#include <optional>
#include <utility>

namespace duet {

namespace {

Failure failure(Error error)
{
    return {word(error), sentence(error)};
}

class PairingCall final : ResolverHandler, DiallerHandler, ConnectionHandler {
public:
    PairingCall(Loop& loop, TlsContext& tls, Endpoint const& server, ShortCode const& code)
        : loop_(loop), tls_(tls), server_(server), code_(code)
    {
    }

    Result<PairedServer, Failure> run()
    {
        auto const give_up_at = loop_.now() + limits::connect_time_max + limits::sign_in_time_max;
        resolver_.resolve(server_);
        while (not outcome_.has_value()) {
            if (loop_.now() >= give_up_at)
                end(Failure {"network", "no answer from " + server_.text()});
            else
                loop_.turn(std::chrono::milliseconds(100));
            connections_.flush();
        }
        return std::move(*outcome_);
    }

private:
    void resolved(SocketResult<std::vector<Address>> const& addresses) override
    {
        if (addresses.has_value())
            dialler_.dial(*addresses);
        else
            end(Failure {"network", "cannot " + addresses.error().text()});
    }

    void not_reached(std::vector<SocketError> const& errors) override
    {
        end(Failure {"network", "cannot " + errors.front().text()});
    }

    void reached(Socket socket) override
    {
        bool const is_unix = socket.is_unix();
        connection_ = connections_.add(std::move(socket), *this);
        if (is_unix)
            return secured(connection_);
        connections_.secure_as_client(connection_, tls_);
    }

    void secured(ConnectionId) override
    {
        fill_random(nonce_);
        say(Hello {1, nonce_});
    }

    std::size_t received(ConnectionId, Bytes input) override
    {
        std::size_t used = 0;
        while (not outcome_.has_value()) {
            auto const line = next_line(input.subspan(used), limits::json_line_bytes_max);
            if (line.has_value() and not line->has_value())
                return used;
            auto const event =
                line.has_value() ? door_.decode_event(as_bytes((*line)->text)) : fail(line.error());
            if (not event.has_value()) {
                end(failure(event.error()));
                break;
            }
            used += (*line)->used;
            if (event->has_value())
                std::visit([this](auto const& body) { hear(body); }, (*event)->body);
        }
        return input.size();
    }

    void ended(ConnectionId, Bytes) override
    {
        end(Failure {"network", "the server has closed the connection"});
    }
    void lost(ConnectionId, Loss const&) override
    {
        end(Failure {"network", "the connection is lost"});
    }
    void sent(ConnectionId) override { }

    void hear(Greeted const& greeted)
    {
        Bytes const exporter = exporter_of_connection();
        bool const is_proved = is_proof(greeted.proof, greeted.identity,
            {Prover::server, nonce_, greeted.nonce, greeted.identity, exporter});
        if (not is_proved or caller_.has_value())
            return end(failure(Error::proof_wrong));
        identity_ = greeted.identity;
        PairingRandom random {};
        fill_random(random);
        caller_.emplace(code_,
            PairingChannel {std::nullopt, identity_, nonce_, greeted.nonce, exporter}, random);
        say(PairStep {PairStep::Share {code_.name, caller_->share()}});
    }

    void hear(PairAnswer const& answer)
    {
        if (not caller_.has_value())
            return end(failure(Error::out_of_order));
        auto const* const share = std::get_if<PairAnswer::Share>(&answer.what);
        if (share == nullptr)
            return hear(std::get<PairAnswer::Confirm>(answer.what));
        auto const tag = caller_->meet(share->share);
        if (tag.has_value() and not std::exchange(has_confirmed_, true))
            say(PairStep {PairStep::Confirm {*tag}});
        else
            end(failure(Error::code_wrong));
    }

    void hear(PairAnswer::Confirm const& confirmed)
    {
        if (caller_->is_shown_by(confirmed.tag))
            end(PairedServer {identity_, confirmed.secret});
        else
            end(failure(Error::code_wrong));
    }

    void hear(Refused const& refused) { end(failure(refused.error)); }
    void hear(Bye const& bye) { end(failure(bye.reason)); }

    template <typename Other>
    void hear(Other const&)
    {
    }

    [[nodiscard]] Bytes exporter_of_connection()
    {
        Connection const* const connection = connections_.find(connection_);
        TlsExporter const* const exporter =
            connection == nullptr ? nullptr : connection->exporter();
        return exporter == nullptr ? Bytes {} : Bytes(*exporter);
    }

    void say(Request::Body body)
    {
        std::string line;
        encode(Request {std::nullopt, std::move(body)}, line);
        connections_.send(connection_, as_bytes(line));
    }

    void end(Result<PairedServer, Failure> outcome)
    {
        if (not outcome_.has_value())
            outcome_ = std::move(outcome);
    }
    void end(Failure why) { end(Result<PairedServer, Failure>(fail(std::move(why)))); }

    Loop& loop_;
    TlsContext& tls_;
    Endpoint const& server_;
    ShortCode code_;
    Connections connections_ {loop_};
    Resolver resolver_ {loop_, *this};
    Dialler dialler_ {loop_, *this};
    ConnectionId connection_;
    JsonDoor door_;

    Nonce nonce_ {};
    Identity identity_ {};
    std::optional<PairingCaller> caller_;
    bool has_confirmed_ = false;
    std::optional<Result<PairedServer, Failure>> outcome_;
};

} // namespace

Result<PairedServer, Failure> call_with_code(Endpoint const& server, ShortCode const& code)
{
    auto const loop = Loop::create();
    if (not loop.has_value())
        return fail(Failure {"network", loop.error().text()});
    auto const tls = TlsContext::for_client();
    if (not tls.has_value())
        return fail(Failure {"network", tls.error()});
    return PairingCall(**loop, **tls, server, code).run();
}

} // namespace duet
