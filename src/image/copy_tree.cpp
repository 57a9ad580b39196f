#include "image/copy_tree.h"

#include "image/layered.h"
#include "sys/check.h"
#include "sys/unique_fd.h"

#include <array>
#include <climits>
#include <filesystem>
#include <tuple>

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// Nothing of the host's gives a node's process somebody's ids.
constexpr mode_t kept_bits = 01777;

struct stat look(const std::string& path) {
    struct stat status {};
    check(::lstat(path.c_str(), &status), "look at {}", path);
    return status;
}

void copy_link(const std::string& from, const std::string& to) {
    std::array<char, PATH_MAX> target{};
    const auto length = ::readlink(from.c_str(), target.data(), target.size() - 1);
    if (length > 0) { // else it has gone
        check(::symlink(target.data(), to.c_str()), "create {}", to);
    }
}

} // namespace

bool CopyTree::make(const std::string& path, int depth) {
    const auto status = look(path);
    device_ = status.st_dev;
    check(::mkdir(top_.c_str(), 0700), "create {}", top_);
    if (!holes_.empty()) {
        check(::mkdir(holes_.c_str(), 0755), "create {}", holes_);
    }
    copy_entries(path, "", depth);
    check(::chmod(top_.c_str(), status.st_mode & 07777), "set the mode of {}", top_);
    return whole_;
}

void CopyTree::make_level(const std::string& path) {
    level_only_ = true;
    make(path, 1);
}

void CopyTree::copy_entries(const std::string& from, const std::string& below, int depth) {
    if (depth == 0 && !files_) {
        return; // no directory below is wanted
    }
    // The host goes on meanwhile: what vanishes is not copied.
    std::error_code gone;
    for (fs::directory_iterator entries{from, gone}; !gone && entries != fs::directory_iterator{};
         entries.increment(gone)) {
        std::error_code unknown;
        if (!files_ && (entries->is_symlink(unknown) || !entries->is_directory(unknown))) {
            continue;
        }
        if (++entries_ > most_copied) {
            whole_ = false;
            return;
        }
        copy_entry(*entries, below, depth);
    }
}

void CopyTree::copy_entry(const fs::directory_entry& entry, const std::string& below, int depth) {
    const auto& path = entry.path();
    const auto name = below + "/" + path.filename().string();
    std::error_code gone;
    if (entry.is_symlink(gone)) { // as readdir(3) says
        if (files_) {
            copy_link(path, top_ + name);
        }
        return;
    }
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return;
    }
    if (S_ISDIR(status.st_mode)) {
        copy_directory(path, name, depth, status);
    } else if (files_ && S_ISREG(status.st_mode)) {
        copy_file(path, top_ + name, status);
    }
}

void CopyTree::copy_directory(const std::string& from, const std::string& below, int depth,
                              const struct stat& status) {
    if (depth == 0 || (!files_ && status.st_dev != device_)) {
        return;
    }
    const auto to = top_ + below;
    check(::mkdir(to.c_str(), status.st_mode & kept_bits), "create {}", to);
    if (::access(from.c_str(), R_OK | X_OK) != 0) {
        make_hole(below);
    } else if (!level_only_) {
        copy_entries(from, below, depth - 1);
    }
    give_away(from, to, status);
}

void CopyTree::copy_file(const std::string& from, const std::string& to,
                         const struct stat& status) {
    const UniqueFd source{::open(from.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
    if (!source) {
        return; // not for the lab's owner to read: a machine of its own has none of the host's
    }
    bytes_ += static_cast<std::size_t>(status.st_size);
    if (bytes_ > most_copied_bytes) {
        whole_ = false;
        return;
    }
    const UniqueFd copy{check(
        ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status.st_mode & kept_bits),
        "create {}", to)};
    // Once for most of them; a file that grows meanwhile is taken as it was.
    for (ssize_t left = status.st_size, n = 1; left > 0 && n > 0; left -= n) {
        n = check(::sendfile(copy.get(), source.get(), nullptr, static_cast<std::size_t>(left)),
                  "copy {}", from);
    }
    give_away(from, to, status);
}

void CopyTree::make_hole(const std::string& below) {
    if (holes_.empty()) {
        return;
    }
    fs::create_directories((holes_ + below).substr(0, (holes_ + below).rfind('/')));
    check(::mknod((holes_ + below).c_str(), S_IFCHR, ::makedev(0, 0)), "leave out {}", below);
    has_holes_ = true;
}

/// What has no owner whom the lab knows stays its maker's: root's.
void CopyTree::give_away(const std::string& from, const std::string& to,
                         const struct stat& status) const {
    const auto [uid, gid] = owner_in_lab(owners_, from, status);
    if (uid != 0 || gid != 0) {
        std::ignore = ::lchown(to.c_str(), uid, gid);
    }
}

} // namespace netlab
