#include "lab/state_directory.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "sys/cgroup.h"
#include "sys/check.h"
#include "sys/directory.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// The file by which a lab's folder is known as one.
constexpr const char* marker = "netlab";

/// See note_down.
constexpr const char* down_note = "down";

const char* chosen_root() {
    const char* chosen = std::getenv("NETLAB_STATE_DIR");
    return chosen != nullptr && *chosen != '\0' ? chosen : nullptr;
}

fs::path default_root() {
    if (const char* chosen = chosen_root()) {
        return fs::absolute(chosen);
    }
    if (::geteuid() == 0) {
        return "/run/netlab";
    }
    if (const char* runtime = std::getenv("XDG_RUNTIME_DIR");
        runtime != nullptr && *runtime == '/') {
        return fs::path{runtime} / "netlab";
    }
    const auto login = fs::path{fmt::format("/run/user/{}", ::geteuid())};
    return ::access(login.c_str(), W_OK) == 0
               ? login / "netlab"
               : fs::path{fmt::format("/tmp/netlab-{}", ::geteuid())};
}

/// False if there is no folder to make it in.
bool make_private_directory(const fs::path& path) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) {
        return true;
    }
    if (errno != ENOENT) {
        throw_errno(errno, "create the state folder " + path.string());
    }
    return false;
}

UniqueFd open_directory(const fs::path& path) {
    return UniqueFd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
}

/// False if somebody else keeps the lock. Commands that look whether a lab runs hold it for a
/// moment, too (is_running, remove_ended): a lock that stays is a lab's.
bool lock(const UniqueFd& fd) {
    constexpr int attempts = 30;
    for (int i = 0; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
        if (errno != EWOULDBLOCK) {
            throw_errno(errno, "lock the state folder");
        }
        if (i == attempts) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return true;
}

/// Whether `fd` is still what `path` names: it may have been removed between open and lock.
bool is_same(const UniqueFd& fd, const fs::path& path) {
    struct stat opened {};
    struct stat named {};
    return ::fstat(fd.get(), &opened) == 0 && ::lstat(path.c_str(), &named) == 0 &&
           opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

/// Something in the folder that no lab has put there: NETLAB_STATE_DIR may name a folder full of
/// what is dear to somebody. Empty if there is nothing such.
std::string foreign_entry(const fs::path& path) {
    static constexpr std::array own{marker,         down_note,       "cgroup",
                                    "control.sock", "lab.json",      "log",
                                    "plan.json",    ".lab.json.new", ".plan.json.new"};
    const bool marked = fs::exists(path / marker);
    for (const auto& entry : entries_of(path)) {
        auto name = entry.path().filename().string();
        if (!marked || std::ranges::find(own, name) == own.end() ||
            entry.symlink_status().type() == fs::file_type::directory) {
            return name;
        }
    }
    return {};
}

/// Whether a lab has made this folder. One without a mark is empty if a lab was killed in the
/// moment between the two; where netlab chose the place itself nobody else makes folders.
bool is_a_labs(const fs::path& path) {
    return (chosen_root() == nullptr || fs::exists(path / marker)) && foreign_entry(path).empty();
}

/// Files only, and the one that marks the folder last: it may be killed in between.
void remove_files(const fs::path& path) {
    std::error_code ignored; // what cannot be removed shows when it is written again
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{path, ignored}) {
        if (entry.path().filename() != marker) {
            files.push_back(entry.path());
        }
    }
    for (const auto& file : files) {
        ::unlink(file.c_str());
    }
}

void remove_folder(const fs::path& path) {
    remove_files(path);
    ::unlink((path / marker).c_str());
    ::rmdir(path.c_str()); // one that stays is not locked, so the next `up` takes it
    if (chosen_root() == nullptr) {
        ::rmdir(path.parent_path().c_str()); // stays while there is another lab
    }
}

void empty(const fs::path& path) {
    if (const auto entry = foreign_entry(path); !entry.empty()) {
        throw InputError{"the folder " + path.string() + " holds " + quoted(entry) +
                             ", which is none of a lab's state",
                         "name a folder for labs alone in NETLAB_STATE_DIR"};
    }
    remove_files(path);
}

/// The cgroups of a lab that has ended: the kernel leaves them.
void remove_cgroups_of(const fs::path& path) {
    if (const auto cgroup = read_file_or(path / "cgroup", ""); !cgroup.empty()) {
        remove_cgroups(cgroup, std::chrono::seconds{2});
    }
}

/// A folder whose lab is not running, as an `up` that was killed leaves it.
bool is_left_over(const UniqueFd& fd, const fs::path& path) {
    struct stat status {};
    return ::fstat(fd.get(), &status) == 0 && (status.st_mode & 07777) == 0700 &&
           is_same(fd, path) && is_a_labs(path);
}

/// Throws InputError unless it is a directory that nobody else may write.
void require_own(const fs::path& root, const struct stat& status) {
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 022) != 0) {
        throw InputError{"the state folder " + root.string() +
                             " is not a folder that only you may write",
                         "name a folder for labs alone in NETLAB_STATE_DIR; netlab makes it"};
    }
}

} // namespace

fs::path state_root() {
    auto root = default_root();
    struct stat status {};
    if (::lstat(root.c_str(), &status) == 0) {
        require_own(root, status);
    }
    return root;
}

std::optional<StateDirectory> StateDirectory::claim(const std::string& lab) {
    for (;;) {
        if (!make_private_directory(state_root())) {
            throw_errno(ENOENT, "create the state folder " + state_root().string());
        }
        const auto root = state_root(); // now that it is there: somebody else may have been faster
        const auto path = root / lab;
        if (!make_private_directory(path)) {
            continue; // the last lab of all has just gone, and the folder with it
        }
        auto fd = open_directory(path);
        if (!fd && errno == ENOENT) {
            continue;
        }
        check(fd.get(), "open the state folder {}", path.string());
        if (!lock(fd)) {
            return std::nullopt;
        }
        if (is_same(fd, path)) {
            remove_cgroups_of(path);
            empty(path);
            const UniqueFd marked{
                check(::openat(fd.get(), marker, O_WRONLY | O_CREAT | O_CLOEXEC, 0600),
                      "create {}/{}", path.string(), marker)};
            return StateDirectory{path, std::move(fd)};
        }
    }
}

void StateDirectory::write(const std::string& name, std::string_view text) const {
    replace_file(fd_, name, text);
}

UniqueFd StateDirectory::open_log() const {
    return UniqueFd{
        check(::openat(fd_.get(), "log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600),
              "create {}/log", path_.string())};
}

UniqueFd StateDirectory::bind_control() const {
    UniqueFd socket{check(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                          "make a control socket")};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    // By way of the descriptor: a path may be longer than the 108 bytes of sun_path.
    fmt::format_to_n(address.sun_path, sizeof address.sun_path - 1, "/proc/self/fd/{}/control.sock",
                     fd_.get());
    check(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "bind {}/control.sock", path_.string());
    return socket;
}

void StateDirectory::remove() const {
    if (is_same(fd_, path_)) {
        remove_cgroups_of(path_);
        remove_folder(path_);
    }
}

bool is_running(const fs::path& path) {
    const auto fd = open_directory(path);
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

void note_down(const fs::path& path) {
    const UniqueFd note{::open((path / down_note).c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600)};
}

bool was_taken_down(const fs::path& path) {
    return fs::exists(fs::symlink_status(path / down_note));
}

void remove_ended(const fs::path& path) {
    // One at a time, by a lock on the folder of folders. The lab's own lock is taken as those take
    // it who look whether it runs: to them it would else seem to.
    const auto root = open_directory(path.parent_path());
    const auto fd = open_directory(path);
    if (root && fd && lock(root) && ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0 &&
        is_left_over(fd, path)) {
        remove_cgroups_of(path);
        remove_folder(path);
    }
}

std::vector<LabEntry> running_labs() {
    std::vector<LabEntry> labs;
    std::error_code none; // no state folder: no labs
    for (const auto& entry : fs::directory_iterator{state_root(), none}) {
        if (is_running(entry.path())) {
            labs.push_back({entry.path().filename().string(), entry.path()});
        } else {
            remove_ended(entry.path());
        }
    }
    std::ranges::sort(labs, {}, &LabEntry::name);
    return labs;
}

} // namespace netlab
