#include "server/new_address.hpp"

#include "base/bytes.hpp"
#include "store/posix_disk.hpp"

#include <fstream>

namespace duet {

namespace {

DiskResult<void> write(PosixDisk& disk, std::string const& address)
{
    std::string const draft = std::string(new_address_file) + ".new";
    static_cast<void>(disk.remove(draft)); // `create` tells if that failed
    auto const file = TRY(disk.create(draft));
    TRY_VOID(file->write(0, as_bytes(address + "\n")));
    TRY_VOID(file->sync());
    TRY_VOID(disk.rename(draft, new_address_file));
    return disk.sync_directory();
}

} // namespace

std::string new_address_in(std::string const& directory)
{
    std::string address;
    std::ifstream file(directory + '/' + new_address_file);
    std::getline(file, address);
    return address;
}

Result<void, std::string> keep_new_address(std::string const& directory, std::string const& address)
{
    auto disk = PosixDisk::open_directory(directory);
    if (not disk.has_value())
        return fail(disk.error().text());
    if (address.empty() and new_address_in(directory).empty())
        return {};
    auto const kept = address.empty() ? (*disk)->remove(new_address_file) : write(**disk, address);
    if (not kept.has_value())
        return fail(kept.error().text());
    return {};
}

} // namespace duet
