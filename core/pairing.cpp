// Short codes: one run of pairing with each caller, one caller at a time for each code.
//
// A try is the scribe's to take: it is on disk before our share leaves (docs/protocol.md, "Pairing by a
// code"). What a run knows is in memory alone: a connection or a server that breaks has lost the try.

#include "core/chat.hpp"

#include "base/limits.hpp"

namespace duet {

void Chat::make_code(Session& session, Invitation::For what, Now now)
{
    drafts_.push_back(CodeDraft {
        {session.id, answering_}, make_code_secret(random_), what, session.person, now.label});
}

void Chat::became(CodeMade const& made, Outbox& outbox)
{
    if (answered(made.asker) == nullptr)
        return;
    ShortCode const code {made.code.name, made.code.secret};
    tell(made.asker.session, Linked {"", made.code.expires, code.digits()}, outbox);
}

void Chat::on(Session& session, PairStep const& step, Bytes exporter, Now now, Outbox& outbox)
{
    if (session.stage != Session::Stage::greeted)
        return let_go(session.id, Error::out_of_order, outbox);
    if (auto const* const said = std::get_if<PairStep::Share>(&step.what); said != nullptr)
        begin_run(session, *said, exporter, now, outbox);
    else
        confirm_run(session, std::get<PairStep::Confirm>(step.what).tag, now, outbox);
}

/// One run a connection: its nonces are what tells the run from all others.
void Chat::begin_run(
    Session& session, PairStep::Share const& said, Bytes exporter, Now now, Outbox& outbox)
{
    if (runs_.contains(static_cast<std::uint64_t>(session.id)))
        return let_go(session.id, Error::out_of_order, outbox);
    if (not is_cpace_share(said.share))
        return let_go(session.id, Error::field_wrong, outbox);
    if (codes_being_tried_.contains(said.code))
        return tell(session.id, Refused {N {}, Error::code_busy}, outbox);
    auto const code = store_.code(said.code);
    if (not code.has_value() or not code->is_good(now.label))
        return tell(session.id, Refused {N {}, Error::code_unknown}, outbox);
    if (not may_ask(session, outbox))
        return;
    runs_[static_cast<std::uint64_t>(session.id)] = {.stage = CodeRun::Stage::trying,
        .name = said.code,
        .callers = said.share,
        .exporter = std::string(as_text(exporter))};
    codes_being_tried_[said.code] = session.id;
    drafts_.push_back(TryDraft {{session.id, answering_}, said.code, now.label});
}

void Chat::became(CodeTried const& tried, Outbox& outbox)
{
    Session const* const session = answered(tried.asker);
    auto const found = runs_.find(static_cast<std::uint64_t>(tried.asker.session));
    if (session == nullptr or found == runs_.end()) {
        // The caller has left, and the try with it.
        if (tried.code.tries_left == 0)
            tell_code_over(tried.code, false, outbox);
        return;
    }
    CodeRun& run = found->second;
    PairingChannel const channel {std::nullopt, keys_.identity, session->client_nonce,
        session->server_nonce, as_bytes(run.exporter)};
    PairingRandom random {};
    random_.fill(random);
    run.stage = CodeRun::Stage::met;
    run.code = tried.code;
    ShortCode const code {tried.code.name, tried.code.secret};
    run.listener.emplace(code, channel, run.callers, random);
    tell(session->id, PairAnswer {PairAnswer::Share {run.listener->share()}}, outbox);
}

void Chat::confirm_run(Session& session, CpaceTag const& tag, Now now, Outbox& outbox)
{
    auto const found = runs_.find(static_cast<std::uint64_t>(session.id));
    if (found == runs_.end() or found->second.stage != CodeRun::Stage::met)
        return let_go(session.id, Error::out_of_order, outbox);
    CodeRun& run = found->second;
    auto const answer = run.listener->answer(tag);
    if (not answer.has_value())
        return let_go(session.id, Error::code_wrong, outbox);
    if (not may_ask(session, outbox))
        return;
    run.stage = CodeRun::Stage::using_up;
    run.answer = *answer;
    drafts_.push_back(
        PairedDraft {{session.id, answering_}, run.code, make_secret(random_), now.label});
}

void Chat::became(CodeUsed const& used, Outbox& outbox)
{
    tell_code_over(used.code, true, outbox);
    Session const* const session = answered(used.asker);
    auto const found = runs_.find(static_cast<std::uint64_t>(used.asker.session));
    if (session == nullptr or found == runs_.end())
        return; // the caller has left with nothing, and must ask for another code
    CodeRun& run = found->second;
    run.stage = CodeRun::Stage::over;
    run.listener.reset();
    codes_being_tried_.erase(run.name);
    tell(session->id, PairAnswer {PairAnswer::Confirm {run.answer, used.secret}}, outbox);
}

/// The scribe has said no. Where no try was taken the caller may try again on the same connection.
void Chat::deny_run(SessionId id)
{
    auto const found = runs_.find(static_cast<std::uint64_t>(id));
    if (found == runs_.end())
        return;
    CodeRun& run = found->second;
    bool const was_tried = run.stage != CodeRun::Stage::trying;
    if (run.stage == CodeRun::Stage::trying or run.stage == CodeRun::Stage::using_up)
        codes_being_tried_.erase(run.name);
    if (run.stage == CodeRun::Stage::using_up)
        run.stage = CodeRun::Stage::over;
    if (not was_tried)
        runs_.erase(found);
}

/// The caller has left, or was let go. The last try that came to nothing has burnt the code.
void Chat::drop_run(SessionId id, Outbox& outbox)
{
    auto const run = runs_.extract(static_cast<std::uint64_t>(id));
    if (run.empty() or run.mapped().stage == CodeRun::Stage::over)
        return;
    codes_being_tried_.erase(run.mapped().name);
    if (run.mapped().stage == CodeRun::Stage::met and run.mapped().code.tries_left == 0)
        tell_code_over(run.mapped().code, false, outbox);
}

void Chat::tell_code_over(CodeKept const& code, bool is_used, Outbox& outbox)
{
    auto const answering = std::exchange(answering_, std::nullopt);
    for (SessionId const id : sessions_of(code.by)) {
        if (not find(id)->is_plain)
            tell(id, CodeOver {code.name, is_used}, outbox);
    }
    answering_ = answering;
}

} // namespace duet
