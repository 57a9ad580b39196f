#include "image/owners.h"

#include "image/layered.h"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// What stat(2) says of an owner that has no number in the caller's user namespace
/// (/proc/sys/kernel/overflowuid).
constexpr uid_t unmapped = 65534;

void read_below(const std::string& path, const Layered& from, int depth, unsigned& looked_at,
                Owners& owners) {
    std::error_code closed; // what may not be read
    for (fs::directory_iterator entry{path, closed}; !closed && entry != fs::directory_iterator{};
         entry.increment(closed)) {
        std::error_code gone;
        if (!from.copied && (entry->is_symlink(gone) || !entry->is_directory(gone))) {
            continue; // as readdir(3) says; asking for each file of a mail spool would take long
        }
        struct stat status {};
        if (++looked_at > most_copied || ::lstat(entry->path().c_str(), &status) != 0) {
            continue;
        }
        const bool deeper = S_ISDIR(status.st_mode);
        if ((deeper || from.copied) && (status.st_uid != 0 || status.st_gid != 0)) {
            owners.emplace(entry->path(), std::pair{status.st_uid, status.st_gid});
        }
        if (deeper && depth > 1) {
            read_below(entry->path(), from, depth - 1, looked_at, owners);
        }
    }
}

unsigned take_number(std::string_view& text) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(text.empty() ? 0 : 1);
    return number;
}

} // namespace

Owners read_owners() {
    Owners owners;
    for (const auto& directory : layered) {
        unsigned looked_at = 0;
        read_below(directory.path, directory, directory.depth, looked_at, owners);
    }
    return owners;
}

std::pair<uid_t, gid_t> owner_in_lab(const Owners& owners, const std::string& path,
                                     const struct stat& status) {
    const auto found = owners.find(path);
    const auto known = found == owners.end() ? std::pair<uid_t, gid_t>{0, 0} : found->second;
    return {status.st_uid == unmapped ? known.first : status.st_uid,
            status.st_gid == unmapped ? known.second : status.st_gid};
}

std::string to_text(const Owners& owners) {
    std::string text;
    for (const auto& [path, owner] : owners) {
        text += fmt::format("{} {} {}", owner.first, owner.second, path);
        text += '\0'; // a path may hold any other byte
    }
    return text;
}

Owners parse_owners(std::string_view text) {
    Owners owners;
    while (!text.empty()) {
        const auto uid = take_number(text);
        const auto gid = take_number(text);
        const auto end = text.find('\0');
        owners.emplace(text.substr(0, end), std::pair{uid, gid});
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return owners;
}

} // namespace netlab
