#include "store/simulated_disk.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <cerrno>
#include <span>

namespace duet {

namespace {

constexpr std::size_t sector_bytes = 512;

// What the calls of a process that is dead would say, if it could hear.
constexpr int dead = ECANCELED;

/// Sector `sector` of a file; zeros where the file does not reach.
std::vector<std::byte> sector_of(std::vector<std::byte> const& file, std::size_t sector)
{
    std::vector<std::byte> bytes(sector_bytes);
    std::size_t const begin = std::min(sector * sector_bytes, file.size());
    Bytes const part = Bytes(file).subspan(begin, std::min(sector_bytes, file.size() - begin));
    std::ranges::copy(part, bytes.begin());
    return bytes;
}

void put_sector(std::vector<std::byte>& file, std::size_t sector, Bytes bytes)
{
    std::size_t const begin = sector * sector_bytes;
    if (begin >= file.size())
        return;
    std::ranges::copy(bytes.first(std::min(sector_bytes, file.size() - begin)),
        file.begin() + static_cast<std::ptrdiff_t>(begin));
}

template <typename Names, typename Change>
void apply_change(Change const& change, Names& names)
{
    for (auto const& [name, inode] : change) {
        if (inode.has_value())
            names[name] = *inode;
        else
            names.erase(name);
    }
}

} // namespace

class SimulatedDisk::SimulatedFile final : public File {
public:
    SimulatedFile(SimulatedDisk& disk, InodeId id, std::string path)
        : disk_(disk), id_(id), life_(disk.life_), path_(std::move(path))
    {
    }

    DiskResult<std::uint64_t> size() override
    {
        TRY_VOID(look("look at"));
        return seen().size();
    }

    DiskResult<std::size_t> read(std::uint64_t offset, std::span<std::byte> into) override
    {
        TRY_VOID(look("read"));
        Bytes const rest = seen().subspan(std::min<std::uint64_t>(offset, seen().size()));
        std::size_t const bytes = std::min(rest.size(), into.size());
        std::ranges::copy(rest.first(bytes), into.begin());
        return bytes;
    }

    DiskResult<void> write(std::uint64_t offset, Bytes bytes) override
    {
        check(life_ == disk_.life_);
        return disk_.write(id_, path_, offset, bytes);
    }

    DiskResult<void> sync() override
    {
        check(life_ == disk_.life_);
        return disk_.sync(id_, path_);
    }

private:
    DiskResult<void> look(char const* tried)
    {
        check(life_ == disk_.life_);
        return disk_.told(disk_.count_operation(), tried, path_);
    }

    Bytes seen() { return disk_.inodes_.at(id_).seen; }

    SimulatedDisk& disk_;
    InodeId id_;
    std::uint64_t life_;
    std::string path_;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : random_(seed) { }

DiskResult<std::vector<std::string>> SimulatedDisk::names()
{
    TRY_VOID(told(count_operation(), "list", path("")));
    std::vector<std::string> names;
    for (auto const& [name, id] : names_)
        names.push_back(name);
    return names;
}

DiskResult<std::unique_ptr<File>> SimulatedDisk::open(std::string const& name)
{
    TRY_VOID(told(count_operation(), "open", path(name)));
    auto const found = names_.find(name);
    if (found == names_.end())
        return fail(DiskError {"open", path(name), 0, ENOENT});
    return std::make_unique<SimulatedFile>(*this, found->second, path(name));
}

DiskResult<std::unique_ptr<File>> SimulatedDisk::create(std::string const& name)
{
    if (names_.contains(name))
        return fail(DiskError {"make", path(name), 0, EEXIST});
    InodeId const id {++inodes_made_};
    inodes_[id] = {};
    TRY_VOID(change("make", name, {{name, id}}));
    return std::make_unique<SimulatedFile>(*this, id, path(name));
}

DiskResult<void> SimulatedDisk::rename(std::string const& from, std::string const& to)
{
    auto const found = names_.find(from);
    if (found == names_.end())
        return fail(DiskError {"rename", path(from), 0, ENOENT});
    return change("rename", from, {{from, std::nullopt}, {to, found->second}});
}

DiskResult<void> SimulatedDisk::remove(std::string const& name)
{
    if (not names_.contains(name))
        return fail(DiskError {"remove", path(name), 0, ENOENT});
    return change("remove", name, {{name, std::nullopt}});
}

DiskResult<void> SimulatedDisk::sync_directory()
{
    Fate const fate = count_operation();
    if (happens(fate) and not is_lying_) {
        synced_names_ = names_;
        unsynced_names_.clear();
    }
    return told(fate, "sync", path(""));
}

DiskResult<std::uint64_t> SimulatedDisk::free_bytes()
{
    TRY_VOID(told(count_operation(), "look at", path("")));
    return capacity_ - std::min(capacity_, used_bytes());
}

std::string SimulatedDisk::path(std::string const& name) const
{
    return name.empty() ? "simulated" : "simulated/" + name;
}

void SimulatedDisk::fail_after(std::uint64_t operations, int code)
{
    fail_at_ = operations_ + operations;
    fail_code_ = code;
}

void SimulatedDisk::restart_after_kill()
{
    restart();
    forget_nameless();
}

void SimulatedDisk::restart_after_power_loss()
{
    lose_names();
    forget_nameless();
    auto const style = static_cast<Style>(below(4));
    std::uint64_t const until = below(operations_ + 1);
    for (auto& [id, inode] : inodes_)
        lose_bytes(inode, style, until);
    restart();
}

std::vector<std::byte> const& SimulatedDisk::contents(std::string const& name) const
{
    return inodes_.at(names_.at(name)).seen;
}

void SimulatedDisk::put(std::string const& name, std::vector<std::byte> const& contents)
{
    InodeId const id {++inodes_made_};
    inodes_[id] = {contents, contents, {}};
    names_[name] = id;
    synced_names_[name] = id;
}

SimulatedDisk::Fate SimulatedDisk::count_operation()
{
    std::uint64_t const operation = operations_++;
    if (has_crashed_)
        return Fate::dead;
    if (operation == crash_at_) {
        has_crashed_ = true;
        return Fate::dying;
    }
    return operation == fail_at_ ? Fate::failing : Fate::fine;
}

bool SimulatedDisk::happens(Fate fate)
{
    return fate == Fate::fine or (fate == Fate::dying and below(2) == 0);
}

DiskResult<void> SimulatedDisk::told(
    Fate fate, char const* tried, std::string const& path, std::uint64_t offset) const
{
    if (fate == Fate::fine)
        return {};
    return fail(DiskError {tried, path, offset, fate == Fate::failing ? fail_code_ : dead});
}

DiskResult<void> SimulatedDisk::write(
    InodeId id, std::string const& path, std::uint64_t offset, Bytes bytes)
{
    Fate const fate = count_operation();
    if (fate == Fate::dead)
        return told(fate, "write", path, offset);
    if (fate != Fate::fine)
        bytes = bytes.first(below(bytes.size() + 1));

    Inode& inode = inodes_.at(id);
    std::uint64_t const others = used_bytes() - inode.seen.size();
    std::uint64_t const room = capacity_ - std::min(capacity_, others);
    if (offset + bytes.size() > room) {
        put_bytes(inode, offset, bytes.first(room > offset ? room - offset : 0));
        return fail(DiskError {"write", path, offset, ENOSPC});
    }
    put_bytes(inode, offset, bytes);
    return told(fate, "write", path, offset);
}

DiskResult<void> SimulatedDisk::sync(InodeId id, std::string const& path)
{
    Fate const fate = count_operation();
    Inode& inode = inodes_.at(id);
    if (happens(fate) and not is_lying_) {
        inode.synced.resize(inode.seen.size());
        for (auto const& [sector, versions] : inode.unsynced)
            put_sector(inode.synced, sector, versions.back().bytes);
        inode.unsynced.clear();
    } else if (fate == Fate::failing) {
        // Some of it arrived; and all of it counts as written from now on.
        inode.synced.resize(inode.seen.size());
        for (auto const& [sector, versions] : inode.unsynced)
            if (below(2) == 0)
                put_sector(inode.synced, sector, versions.back().bytes);
        inode.unsynced.clear();
    }
    return told(fate, "sync", path);
}

void SimulatedDisk::put_bytes(Inode& inode, std::uint64_t offset, Bytes bytes)
{
    if (bytes.empty())
        return;
    std::uint64_t const end = offset + bytes.size();
    if (end > inode.seen.size())
        inode.seen.resize(end);
    std::ranges::copy(bytes, inode.seen.begin() + static_cast<std::ptrdiff_t>(offset));
    for (std::size_t sector = offset / sector_bytes; sector * sector_bytes < end; ++sector)
        inode.unsynced[sector].push_back({operations_, sector_of(inode.seen, sector)});
}

DiskResult<void> SimulatedDisk::change(
    char const* tried, std::string const& name, NameChange const& change)
{
    Fate const fate = count_operation();
    if (happens(fate)) {
        apply_change(change, names_);
        unsynced_names_.push_back(change);
    }
    return told(fate, tried, path(name));
}

void SimulatedDisk::restart()
{
    has_crashed_ = false;
    crash_at_ = never;
    fail_at_ = never;
    ++life_;
}

void SimulatedDisk::lose_names()
{
    auto const style = static_cast<Style>(below(4));
    std::size_t const until = below(unsynced_names_.size() + 1);
    for (std::size_t i = 0; i < unsynced_names_.size(); ++i) {
        bool const is_there = style == Style::all or (style == Style::until and i < until)
            or (style == Style::any and below(2) == 0);
        if (is_there)
            apply_change(unsynced_names_[i], synced_names_);
    }
    unsynced_names_.clear();
    names_ = synced_names_;
}

void SimulatedDisk::lose_bytes(Inode& inode, Style style, std::uint64_t until)
{
    std::uint64_t const more = inode.seen.size() - std::min(inode.seen.size(), inode.synced.size());
    std::uint64_t arrived = more; // of the file's new length
    if (style == Style::none)
        arrived = 0;
    else if (style != Style::all and below(2) == 0)
        arrived = below(more + 1);

    std::vector<std::byte> left = inode.synced;
    left.resize(inode.synced.size() + arrived);
    for (auto const& [sector, versions] : inode.unsynced)
        put_sector(left, sector, survivor(versions, sector_of(left, sector), style, until));
    inode = {left, left, {}};
}

/// What becomes of one sector.
std::vector<std::byte> SimulatedDisk::survivor(std::vector<Version> const& versions,
    std::vector<std::byte> const& synced, Style style, std::uint64_t until)
{
    auto const any = [&]() -> std::vector<std::byte> const& {
        std::uint64_t const which = below(versions.size() + 1);
        return which == versions.size() ? synced : versions[which].bytes;
    };
    switch (style) {
    case Style::all:
        return versions.back().bytes;
    case Style::none:
        return synced;
    case Style::until: {
        auto const late = std::ranges::find_if(
            versions, [&](Version const& version) { return version.operation > until; });
        return late == versions.begin() ? synced : std::prev(late)->bytes;
    }
    case Style::any:
        break;
    }
    std::vector<std::byte> bytes = any();
    if (below(4) == 0) // torn
        std::ranges::copy(Bytes(any()).first(below(sector_bytes + 1)), bytes.begin());
    return bytes;
}

void SimulatedDisk::forget_nameless()
{
    std::map<InodeId, Inode> named;
    auto const keep = [&](InodeId id) {
        if (auto node = inodes_.extract(id))
            named.insert(std::move(node));
    };
    for (auto const& [name, id] : names_)
        keep(id);
    for (auto const& [name, id] : synced_names_)
        keep(id);
    for (NameChange const& change : unsynced_names_)
        for (auto const& [name, id] : change)
            if (id.has_value())
                keep(*id);
    inodes_ = std::move(named);
}

std::uint64_t SimulatedDisk::used_bytes() const
{
    std::uint64_t bytes = 0;
    for (auto const& [name, id] : names_)
        bytes += inodes_.at(id).seen.size();
    return bytes;
}

std::uint64_t SimulatedDisk::below(std::uint64_t bound)
{
    return random_() % bound;
}

} // namespace duet
