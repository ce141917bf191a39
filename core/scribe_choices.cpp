// What a person chooses, and what the operator ought to see.

#include "core/scribe.hpp"

#include "core/choices.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace duet {

namespace {

template <typename Value>
void replace_if_given(Value& value, std::optional<Value> const& given)
{
    if (given.has_value())
        value = *given;
}

} // namespace

void Scribe::decide(SettingsDraft const& draft)
{
    std::visit([&](auto const& what) { choose(draft, what); }, draft.change.what);
}

void Scribe::choose(SettingsDraft const& draft, ChangeSettings::ForAll const& all)
{
    PersonChoices choices = choices_from(store_.settings(draft.person));
    replace_if_given(choices.read_marks, all.read_marks);
    replace_if_given(choices.presence, all.presence);
    replace_if_given(choices.typing, all.typing);
    records_.push_back(SettingsChanged {draft.person, settings_of(choices)});
    outcomes_.push_back(SettingsMoved {draft.asker, draft.person, std::nullopt});
}

void Scribe::choose(SettingsDraft const& draft, ChangeSettings::ForOne const& one)
{
    auto const other = holder_of(one.with);
    bool const is_known = other.has_value() and other->id != draft.person
        and bond_of(Pair::of(draft.person, other->id)).is_known_to(draft.person);
    if (not is_known)
        return deny(draft.asker, Error::not_connected);
    if (one.name.has_value() and not one.name->empty())
        if (auto const checked = check_name(*one.name); not checked.has_value())
            return deny(draft.asker, checked.error());
    if (one.delete_up_to > store_.last_seq(Pair::of(draft.person, other->id)))
        return deny(draft.asker, Error::no_such_entry);

    TalkChoices choices = store_.talk(draft.person, other->id).choices;
    replace_if_given(choices.mute, one.mute);
    replace_if_given(choices.archive, one.archive);
    replace_if_given(choices.pin, one.pin);
    replace_if_given(choices.name, one.name);
    choices.deleted = std::max(choices.deleted, one.delete_up_to.value_or(Seq {}));
    records_.push_back(TalkChanged {draft.person, other->id, choices, feed_of(draft.person)});
    outcomes_.push_back(SettingsMoved {draft.asker, draft.person, other->id});
}

void Scribe::decide(RecoveryDraft const& draft)
{
    auto const person = store_.person(draft.person);
    bool const is_known = person.has_value() and person->recovery == draft.phrase;
    if (not is_known and not is_unused(draft.phrase))
        return deny(draft.asker, Error::secret_unknown);
    if (not is_known)
        records_.push_back(RecoverySet {draft.person, draft.phrase, draft.time});
    outcomes_.push_back(Completed {draft.asker});
}

/// Whether no secret of any kind, used or not, has this hash.
bool Scribe::is_unused(SecretHash const& secret)
{
    return not store_.device_by_secret(secret).has_value()
        and not store_.invitation(secret).has_value()
        and not store_.person_by_recovery(secret).has_value() and secret != SecretHash {};
}

void Scribe::decide(ReportDraft const& draft)
{
    auto const other = holder_of(draft.report.with);
    bool const is_known = other.has_value() and other->id != draft.person
        and bond_of(Pair::of(draft.person, other->id)).is_known_to(draft.person);
    if (not is_known)
        return deny(draft.asker, Error::not_connected);
    auto const entries =
        store_.log(Pair::of(draft.person, other->id), draft.report.seq, draft.report.seq, 1);
    if (entries.empty() or entries.front().feed_of(draft.person) == Feed {})
        return deny(draft.asker, Error::no_such_entry);
    auto const reporter = store_.person(draft.person);
    auto const author = store_.person(entries.front().author);
    outcomes_.push_back(
        Reported {draft.asker, reporter->handle, entries.front(), author->handle, draft.time});
}

} // namespace duet
