// A folder that appears all at once: it is written beside its place, and renamed when it is whole.
//
// What was there before is never overwritten: the place must be free, or an empty folder.

#pragma once

#include <cstdio>
#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace duet {

class ExportFolder {
public:
    template <typename Value>
    using Result = std::expected<Value, std::string>; // the reason, in the system's words

    /// Begins a folder (mode 0700) that will stand at `path`.
    static Result<ExportFolder> create(std::string const& path);

    ExportFolder(ExportFolder&&) = default;
    ExportFolder& operator=(ExportFolder&&) = delete;
    /// Unless it was finished, nothing of it stays.
    ~ExportFolder();

    /// A folder inside it.
    Result<void> make_folder(std::string const& name);

    /// Begins the next file in it (mode 0600), which `write` continues. The one before is finished.
    Result<void> begin_file(std::string const& name);
    Result<void> write(std::string_view text);

    /// Everything is on disk, and the folder in its place.
    Result<void> finish();

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };

    ExportFolder(std::string path, std::string draft);
    Result<void> finish_file();

    std::string path_;
    std::string draft_; // empty: finished, or moved away
    std::unique_ptr<std::FILE, Close> file_;
};

} // namespace duet
