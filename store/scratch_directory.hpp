// A directory of a test's own, gone with it.

#pragma once

#include "base/check.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace duet {

class ScratchDirectory {
public:
    ScratchDirectory()
    {
        std::string name = (std::filesystem::temp_directory_path() / "duet-test-XXXXXX").string();
        check(mkdtemp(name.data()) != nullptr);
        path_ = name;
    }

    ~ScratchDirectory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    ScratchDirectory(ScratchDirectory const&) = delete;
    ScratchDirectory& operator=(ScratchDirectory const&) = delete;

    [[nodiscard]] std::string path() const { return path_; }
    [[nodiscard]] std::string file(std::string const& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

} // namespace duet
