#include "image/layers.h"

#include "base/split.h"
#include "image/for_a_while.h"
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
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace netlab {

namespace {

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

/// A line of the list (ground_list).
struct Layer {
    std::string target;
    uid_t uid = 0;
    gid_t gid = 0;
    std::string lower;
    std::string number{}; ///< of the line: the same in each life of a node
    UniqueFd hidden{};    ///< the directory as it was, if a layer further up will lie over it
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

/// The layers in their order, outer ones first. Opens what the outer ones will hide: the kernel
/// takes such a directory under a layer, and shows it elsewhere, by a descriptor.
std::vector<Layer> parse_layers(std::string_view list) {
    std::vector<Layer> layers;
    int number = 0;
    for (const auto line : split(list, '\n')) {
        auto layer = parse_layer(line);
        layer.number = std::to_string(++number);
        const bool inside = std::any_of(layers.begin(), layers.end(), [&](const Layer& outer) {
            return layer.target.compare(0, outer.target.size(), outer.target) == 0 &&
                   layer.target[outer.target.size()] == '/';
        });
        if (inside) {
            layer.hidden.reset(::open(layer.target.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        }
        if (!inside || layer.hidden) { // the host's programs remove directories, in /var/tmp say
            layers.push_back(std::move(layer));
        }
    }
    return layers;
}

/// Works with umask 0 as make_once does, in one call: there are many of these.
bool make_directory(const std::string& path, mode_t mode) {
    constexpr mode_t as_asked = 01777; // mkdir(2) leaves the other bits out
    const bool is_made = (mode & ~as_asked) == 0 && ::mkdir(path.c_str(), mode) == 0;
    return is_made || make_once(path, mode);
}

/// What stands for the directory itself, with its mode and its owner, if the node has his number.
void make_upper(const std::string& upper, const Layer& layer, const struct stat& status) {
    const auto mode = status.st_mode & 07777;
    if (make_directory(upper, mode) && (layer.uid != 0 || layer.gid != 0)) {
        std::ignore = ::chown(upper.c_str(), layer.uid, layer.gid);
        check(::chmod(upper.c_str(), mode), "set the mode of {}", upper);
    }
}

/// A link, for a copy costs ten times as much. There may be one: the node may have been started
/// before, and have changed it or taken it away.
void put_hostname(const std::string& upper) {
    const auto from = std::string{node_files} + "/hostname";
    if (::link(from.c_str(), (upper + "/hostname").c_str()) != 0 && errno != EEXIST) {
        throw_errno(errno, "put /etc/hostname in its place");
    }
}

void mount_layer(const Layer& layer, const std::string& upper, const std::string& work) {
    const auto& target = layer.target;
    if (layer.hidden) {
        check(::fchdir(layer.hidden.get()), "enter {}", target);
    }
    if (layer.lower == as_it_is) {
        if (layer.hidden) { // else it is in sight
            mount_bind(".", target, true);
        }
        return;
    }
    struct stat status {};
    check(::stat(layer.hidden ? "." : target.c_str(), &status), "look at {}", target);
    make_upper(upper, layer, status);
    if (layer.lower.empty()) {
        mount_bind(upper, target);
        return;
    }
    make_directory(work, 0700);
    if (target == "/etc") {
        put_hostname(upper);
    }
    const auto options =
        "lowerdir=" + layer.lower + ",upperdir=" + upper + ",workdir=" + work + ",userxattr";
    // Refused by a kernel without overlayfs, or by one whose own root is two of them already.
    std::ignore = ::mount("overlay", target.c_str(), "overlay", MS_NODEV, options.c_str());
}

void mount_on_ground() {
    const SameDirectory afterwards;
    const auto list = small_file(ground_list);
    const auto place = std::string{node_files} + "/layers/";
    for (const auto& layer : parse_layers(list)) {
        try {
            mount_layer(layer, place + "upper" + layer.number, place + "work" + layer.number);
        } catch (const std::system_error& error) {
            if (error.code().value() != ENOENT) { // it is gone from the host: see above
                throw;
            }
        }
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
    // If there is something, it is the node's, whatever it is.
    if (::mkdir("/run/lock", 01777) != 0 && errno != EEXIST) {
        throw_errno(errno, "create /run/lock");
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
