#include "store/rows.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace duet {

bool is_among(Conversation const& conversation, PersonId person, Among which)
{
    switch (which) {
    case Among::all:
        break;
    case Among::known:
        return conversation.bond.is_known_to(person);
    case Among::contacts:
        return conversation.bond.are_contacts;
    case Among::asked:
        return conversation.bond.of(person).asked != Time {};
    }
    return true;
}

bool EntryPage::has_room_for(std::size_t body_bytes)
{
    bool const fits = body_bytes <= bytes_left_ and entries_.size() < limits::entries_read_max;
    if (not fits and not entries_.empty())
        is_full_ = true;
    return not is_full_;
}

void EntryPage::add(Entry entry)
{
    bytes_left_ -= std::min(bytes_left_, entry.body.size());
    entries_.push_back(std::move(entry));
}

} // namespace duet
