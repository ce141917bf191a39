// Short codes: their names, their tries, and what takes their place.
//
// A try is taken before anybody hears of it and never given back: only a caller who has shown that it
// knows the code gets what it is good for, and then the code is over, too. So however often a server is
// stopped and started there are at most limits::code_tries_max.

#include "core/scribe.hpp"

#include "base/limits.hpp"

namespace duet {

namespace {

/// For so long an old code's name is not given to another, where there are others: whoever comes late
/// with the old one must not spend a try of the new one.
constexpr limits::Duration name_rest = limits::invitation_life;

} // namespace

std::map<std::uint32_t, CodeKept>& Scribe::codes()
{
    if (codes_.has_value())
        return *codes_;
    codes_.emplace();
    for (std::uint32_t name = 1; name <= limits::codes_max; ++name) {
        if (auto const code = store_.code(name); code.has_value())
            codes_->emplace(name, *code);
    }
    return *codes_;
}

void Scribe::keep_code(CodeKept const& code)
{
    codes()[code.name] = code;
    records_.push_back(code);
}

/// The smallest, since people have to say it.
std::optional<std::uint32_t> Scribe::free_code_name(Time now)
{
    std::optional<std::uint32_t> second_best;
    for (std::uint32_t name = 1; name <= limits::codes_max; ++name) {
        auto const found = codes().find(name);
        if (found == codes().end() or found->second.time + name_rest <= now)
            return name;
        if (not second_best.has_value() and not found->second.is_good(now))
            second_best = name;
    }
    return second_best;
}

void Scribe::decide(CodeDraft const& draft)
{
    // One at a time for each purpose: the one before is over when another is asked for.
    for (auto const& [name, code] : codes()) {
        bool const is_older = code.by == draft.by and code.what == draft.what
            and draft.by != PersonId {} and code.is_good(draft.time);
        if (not is_older)
            continue;
        CodeKept over = code;
        over.tries_left = 0;
        over.secret = 0;
        keep_code(over);
    }
    auto const name = free_code_name(draft.time);
    if (not name.has_value())
        return deny(draft.asker, Error::too_fast);
    CodeKept const code {*name, draft.secret, draft.what, draft.by, limits::code_tries_max,
        draft.time + limits::code_life, draft.time};
    keep_code(code);
    outcomes_.push_back(CodeMade {draft.asker, code});
}

void Scribe::decide(TryDraft const& draft)
{
    auto const found = codes().find(draft.name);
    if (found == codes().end() or not found->second.is_good(draft.time))
        return deny(draft.asker, Error::code_unknown);
    CodeKept code = found->second;
    --code.tries_left;
    keep_code(code);
    outcomes_.push_back(CodeTried {draft.asker, code});
}

/// What a code yields is a secret as good as a link's, known to the caller alone.
void Scribe::decide(PairedDraft const& draft)
{
    auto const found = codes().find(draft.code.name);
    bool const is_same = found != codes().end() and found->second.time == draft.code.time
        and found->second.secret == draft.code.secret;
    if (not is_same)
        return deny(draft.asker, Error::code_unknown);
    CodeKept code = found->second;
    code.tries_left = 0;
    code.secret = 0;
    keep_code(code);
    records_.push_back(Invitation {hash_of_secret(draft.secret), code.what, code.by, SecretHash {},
        draft.time + limits::invitation_life, draft.time, Invitation::Way::code});
    outcomes_.push_back(CodeUsed {draft.asker, code, draft.secret});
}

} // namespace duet
