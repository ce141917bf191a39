// What a person chooses: settings, another recovery phrase, what the operator ought to see, and to leave.

#include "core/chat.hpp"

namespace duet {

void Chat::on(Session& session, ChangeSettings const& change, Now now, Outbox& outbox)
{
    if (may_ask(session, now, outbox))
        drafts_.push_back(
            SettingsDraft {{session.id, answering_}, session.person, change, now.label});
}

void Chat::on(Session& session, ChangeRecovery const& recovery, Now now, Outbox& outbox)
{
    if (may_ask(session, now, outbox))
        drafts_.push_back(
            RecoveryDraft {{session.id, answering_}, session.person, recovery.hash, now.label});
}

void Chat::on(Session& session, Leave const&, Now now, Outbox& outbox)
{
    if (may_ask(session, now, outbox))
        drafts_.push_back(EraseDraft {{session.id, answering_}, session.person, now.label});
}

void Chat::on(Session& session, Report const& report, Now now, Outbox& outbox)
{
    if (may_ask(session, now, outbox))
        drafts_.push_back(
            ReportDraft {{session.id, answering_}, session.person, report, now.label});
}

void Chat::became(Completed const& completed, Outbox& outbox)
{
    if (answered(completed.asker) != nullptr)
        tell(completed.asker.session, Done {}, outbox);
}

void Chat::became(Reported const& reported, Outbox& outbox)
{
    became(Completed {reported.asker}, outbox);
}

void Chat::became(Suspended const& suspended, Outbox& outbox)
{
    if (suspended.is_suspended)
        let_all_go(suspended.person, Error::suspended, outbox);
}

void Chat::became(SettingsMoved const& moved, Outbox& outbox)
{
    if (answered(moved.asker) != nullptr)
        tell(moved.asker.session, Done {}, outbox);
    answering_.reset();
    if (moved.other.has_value())
        return tell_talk(moved.person, *moved.other, outbox);

    PersonChoices const before = choices_of(moved.person);
    choices_.erase(number(moved.person));
    PersonChoices const& now = choices_of(moved.person);
    for (SessionId const id : sessions_of(moved.person))
        tell(id, SettingsEvent {now.read_marks, now.presence, now.typing}, outbox);
    if (before.presence != now.presence and people_.contains(number(moved.person)))
        spread_presence(moved.person, now.presence, outbox);
}

/// Behind `welcome`: what is not as it is at first, and what has changed since the device was there.
void Chat::tell_what_was_chosen(Session const& session, Outbox& outbox)
{
    PersonChoices const& choices = choices_of(session.person);
    if (not store_.settings(session.person).empty())
        tell(session.id, SettingsEvent {choices.read_marks, choices.presence, choices.typing},
            outbox);
    for (TalkChanged const& talk : store_.talks_since(session.person, session.sent))
        tell(session.id, talk_of(talk), outbox);
}

PersonChoices const& Chat::choices_of(PersonId person)
{
    auto const found = choices_.find(number(person));
    if (found != choices_.end())
        return found->second;
    return choices_.emplace(number(person), choices_from(store_.settings(person))).first->second;
}

} // namespace duet
