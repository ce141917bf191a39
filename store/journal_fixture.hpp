// Words for the journal's tests: batches of texts, kept in a journal on a simulated disk.

#pragma once

#include "store/journal.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace duet {

using Texts = std::vector<std::string>;

/// The records of a batch; each has as its kind the length of its text, as far as a byte goes.
inline std::vector<JournalRecord> records_of(Texts const& texts)
{
    std::vector<JournalRecord> records;
    for (std::string const& text : texts)
        records.push_back({static_cast<std::uint8_t>(text.size()), as_bytes(text)});
    return records;
}

/// And back. A kind that does not fit is a text of its own.
inline Texts texts_of(JournalBatch const& batch)
{
    Texts texts;
    for (JournalRecord const& record : batch.records) {
        bool const fits = record.kind == static_cast<std::uint8_t>(record.payload.size());
        texts.emplace_back(fits ? as_text(record.payload) : "another kind");
    }
    return texts;
}

/// Collects batches, in order.
struct Collected {
    std::vector<Texts> batches;
    BatchNumber first {}; // of the first of them

    [[nodiscard]] BatchVisitor visitor()
    {
        return [this](JournalBatch const& batch) -> JournalResult<void> {
            if (batches.empty())
                first = batch.number;
            // In order and without gaps, or not at all.
            if (number(batch.number) == number(first) + batches.size())
                batches.push_back(texts_of(batch));
            else
                batches.push_back({"out of order"});
            return {};
        };
    }
};

} // namespace duet
