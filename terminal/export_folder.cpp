#include "terminal/export_folder.hpp"

#include "base/result.hpp"
#include "net/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace duet {

namespace {

std::unexpected<std::string> system_failure(std::string const& path)
{
    return fail(path + ": " + std::strerror(errno));
}

bool sync(std::string const& path)
{
    Descriptor const descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return descriptor.is_open() and ::fsync(descriptor.number()) == 0;
}

} // namespace

ExportFolder::Result<ExportFolder> ExportFolder::create(std::string const& path)
{
    std::error_code error;
    // To find out at the end would be late. (`finish` makes sure of it.)
    if (std::filesystem::exists(path, error) and not std::filesystem::is_empty(path, error)) {
        errno = error ? error.value() : ENOTEMPTY;
        return system_failure(path);
    }
    std::string draft = path + ".part-XXXXXX";
    if (::mkdtemp(draft.data()) == nullptr)
        return system_failure(draft);
    return ExportFolder(path, std::move(draft));
}

ExportFolder::ExportFolder(std::string path, std::string draft)
    : path_(std::move(path)), draft_(std::move(draft))
{
}

ExportFolder::~ExportFolder()
{
    std::error_code ignored;
    if (not draft_.empty())
        std::filesystem::remove_all(draft_, ignored);
}

ExportFolder::Result<void> ExportFolder::make_folder(std::string const& name)
{
    std::string const path = draft_ + '/' + name;
    if (::mkdir(path.c_str(), 0700) != 0)
        return system_failure(path);
    return {};
}

ExportFolder::Result<void> ExportFolder::begin_file(std::string const& name)
{
    TRY_VOID(finish_file());
    std::string const path = draft_ + '/' + name;
    int const number = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (number < 0)
        return system_failure(path);
    file_.reset(::fdopen(number, "w"));
    if (file_ == nullptr)
        return system_failure(path);
    return {};
}

ExportFolder::Result<void> ExportFolder::write(std::string_view text)
{
    if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size())
        return system_failure(draft_);
    return {};
}

ExportFolder::Result<void> ExportFolder::finish_file()
{
    if (file_ == nullptr)
        return {};
    bool const is_safe = std::fflush(file_.get()) == 0 and ::fsync(::fileno(file_.get())) == 0;
    auto const why = system_failure(draft_);
    file_.reset();
    if (not is_safe)
        return why;
    return {};
}

ExportFolder::Result<void> ExportFolder::finish()
{
    TRY_VOID(finish_file());
    // rename replaces an empty folder, and no other.
    if (not sync(draft_) or std::rename(draft_.c_str(), path_.c_str()) != 0)
        return system_failure(path_);
    draft_.clear();
    sync(std::filesystem::path(path_).parent_path());
    return {};
}

} // namespace duet
