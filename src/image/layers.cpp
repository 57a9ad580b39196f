#include "image/layers.h"

#include "base/split.h"
#include "image/ground.h"
#include "image/make_once.h"
#include "image/overlay.h"
#include "image/views.h"
#include "sys/check.h"
#include "sys/mounts.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

constexpr const char* node_layers = "/.netlab/node/layers";
constexpr const char* mounted_mark = "/.netlab/node/layers/mounted";
constexpr int most_waits = 500;
constexpr ::timespec wait_for_other{0, 10'000'000};

/// Keeps two first commands in a node apart. Not for ever: the node's root could hold the lock.
UniqueFd lock_layers() {
    UniqueFd fd{
        check(::open(node_layers, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open {}", node_layers)};
    for (int i = 0; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 && i < most_waits; ++i) {
        ::nanosleep(&wait_for_other, nullptr);
    }
    return fd;
}

/// The directory as it was stays in sight below `under_layers`, with all that is in it: the layer
/// is laid on it.
void keep_under(const std::string& directory) {
    const auto kept = under_layers + directory;
    if (!fs::exists(kept)) {
        fs::create_directories(kept);
        mount_bind(directory, kept, true);
    }
}

/// A line of the list (ground_list).
struct Layer {
    std::string target;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string lower;
};

/// The node's root may have put a list of its own in the place of ours.
Layer parse_layer(std::string_view line) {
    const auto fields = split(line, '\t');
    const auto owner = fields.size() < 2 ? fields : split_words(fields[1]);
    if (fields.size() < 2 || owner.size() != 2) {
        throw std::runtime_error{
            fmt::format("the list of its layers, {}, was changed", ground_list)};
    }
    const auto number = [](std::string_view text) {
        unsigned int id = 0;
        std::from_chars(text.data(), text.data() + text.size(), id);
        return id;
    };
    const auto before = fields[0].size() + fields[1].size() + 2;
    const auto lower = line.substr(std::min(before, line.size()));
    return {std::string{fields[0]}, number(owner[0]), number(owner[1]), std::string{lower}};
}

/// What stands for the directory itself, with its mode and its owner, if the node has his number.
void make_upper(const std::string& upper, const Layer& layer, const struct stat& status) {
    const auto mode = status.st_mode & 07777;
    if (make_once(upper, mode)) {
        std::ignore = ::chown(upper.c_str(), layer.uid, layer.gid);
        check(::chmod(upper.c_str(), mode), "set the mode of {}", upper);
    }
}

void mount_layer(const Layer& layer, const std::string& place) {
    const auto& target = layer.target;
    const auto& lower = layer.lower;
    struct stat status {};
    if (::stat(target.c_str(), &status) != 0) {
        return;
    }
    if (lower == as_it_is) {
        mount_bind(under_layers + target, target, true);
        return;
    }
    const auto upper = place + "/upper";
    const auto work = place + "/work";
    make_once(place, 0755);
    make_upper(upper, layer, status);
    if (lower.empty()) {
        mount_bind(upper, target);
        return;
    }
    make_once(work, 0700);
    keep_under(target);
    if (target == "/etc" && !fs::exists(fs::symlink_status(upper + "/hostname"))) {
        fs::copy_file(std::string{node_files} + "/hostname", upper + "/hostname");
    }
    const auto options =
        fmt::format("lowerdir={},upperdir={},workdir={},userxattr", lower, upper, work);
    // Refused by a kernel without overlayfs, or by one whose own root is two of them already.
    std::ignore = ::mount("overlay", target.c_str(), "overlay", MS_NODEV, options.c_str());
}

/// The host's programs make and remove directories meanwhile, in /var/tmp say.
void mount_if_there(const Layer& layer, const std::string& place) {
    try {
        mount_layer(layer, place);
    } catch (const std::system_error& error) {
        if (error.code().value() != ENOENT) {
            throw;
        }
    }
}

/// The way to the directories as they were, for as long as this lives. The layers keep what they
/// lie on; a node has no use for it, but through it would reach the host's sockets, to which a
/// read-only mount is no obstacle and a layer is.
class Under {
public:
    Under() {
        make_once(under_layers, 0755);
        mount_new("tmpfs", under_layers, MS_NOSUID | MS_NODEV, "mode=0755");
    }
    ~Under() { ::umount2(under_layers, MNT_DETACH); }
    Under(const Under&) = delete;
    Under& operator=(const Under&) = delete;
};

/// Everything that is made here has the mode that is said, whatever the caller's umask.
class NoUmask {
public:
    NoUmask() : before_(::umask(0)) {}
    ~NoUmask() { ::umask(before_); }
    NoUmask(const NoUmask&) = delete;
    NoUmask& operator=(const NoUmask&) = delete;

private:
    mode_t before_;
};

void mount_on_ground() {
    const Under under;
    const auto list = small_file(ground_list);
    int number = 0;
    for (const auto line : split(list, '\n')) {
        mount_if_there(parse_layer(line), fmt::format("{}/layers/own{}", node_files, ++number));
    }
}

} // namespace

void mount_layers() {
    if (::access(mounted_mark, F_OK) == 0 || ::access(node_layers, F_OK) != 0) {
        return;
    }
    const NoUmask no_umask;
    const auto lock = lock_layers();
    mount_views();
    if (::access(mounted_mark, F_OK) == 0 || ::access(ground_list, F_OK) != 0) {
        return;
    }
    mount_on_ground();
    if (!fs::exists(fs::symlink_status("/run/lock"))) { // else it is the node's, whatever it is
        make_once("/run/lock", 01777);
    }
    const UniqueFd mark{check(::open(mounted_mark, O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
                              "create {}", mounted_mark)};
}

bool is_on_layer() {
    struct statfs about {};
    return ::access(mounted_mark, F_OK) == 0 && ::statfs(".", &about) == 0 &&
           about.f_type == OVERLAYFS_SUPER_MAGIC;
}

} // namespace netlab
