#pragma once

#include "sys/unique_fd.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// The folder that holds a folder for each lab of this user: $NETLAB_STATE_DIR if set, else
/// /run/netlab for root, else $XDG_RUNTIME_DIR/netlab, else /tmp/netlab-UID. Not made yet. Throws
/// InputError if it belongs to somebody else.
std::filesystem::path state_root();

/// The folder of one lab, its lock held. A lab runs if and only if its folder is locked: the
/// supervisor inherits the lock, and the kernel lets go of it when the supervisor ends, however it
/// ends.
class StateDirectory {
public:
    /// Makes the folder and locks it; one that a lab left behind when it was killed is emptied and
    /// used again. nullopt if a lab of that name runs or is starting. Throws std::system_error, and
    /// InputError if the folder holds what no lab has put there.
    static std::optional<StateDirectory> claim(const std::string& lab);

    const std::filesystem::path& path() const { return path_; }
    const UniqueFd& fd() const { return fd_; }

    /// Throws std::system_error.
    void write(const std::string& name, std::string_view text) const;
    /// A file to append to, readable by its owner only.
    UniqueFd open_log() const;
    /// A Unix stream socket bound to `control.sock`, not listening yet. Throws std::system_error.
    UniqueFd bind_control() const;
    /// Removes the folder and what is in it.
    void remove() const;

private:
    StateDirectory(std::filesystem::path path, UniqueFd fd)
        : path_(std::move(path)), fd_(std::move(fd)) {}

    std::filesystem::path path_;
    UniqueFd fd_;
};

/// A lab that runs, as its folder tells.
struct LabEntry {
    std::string name;
    std::filesystem::path path;
};

/// The labs of this user that run, by name. Folders of labs that were killed are left out, and
/// removed.
std::vector<LabEntry> running_labs();

/// Whether the lab of this folder runs.
bool is_running(const std::filesystem::path& path);

/// Notes in the folder of a running lab that somebody ends it, for the `up` that may still be
/// starting it. Without effect if that cannot be written.
void note_down(const std::filesystem::path& path);
/// Whether that was noted.
bool was_taken_down(const std::filesystem::path& path);

/// Removes the folder of a lab that has ended, unless a new one has taken it meanwhile. A folder
/// that holds anything else stays.
void remove_ended(const std::filesystem::path& path);

} // namespace netlab
