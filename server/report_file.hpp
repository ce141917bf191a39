// What people want the operator to see: the file `reports` in the data directory, one object of JSON a line.
//
// It is written and synced on the scribe's thread, before whoever reported is told that it is done. Nothing
// here reads it again: the operator does, and may move it away while the server runs.

#pragma once

#include "core/draft.hpp"

#include <string>
#include <vector>

namespace duet {

class ReportFile {
public:
    explicit ReportFile(std::string path) : path_(std::move(path)) { }

    /// Keeps all reports among these. One that cannot be kept becomes denied, with store_full.
    void keep(std::vector<Outcome>& outcomes) const;

private:
    [[nodiscard]] bool append(Reported const& reported) const;

    std::string path_;
};

} // namespace duet
