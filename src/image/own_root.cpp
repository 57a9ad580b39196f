#include "image/own_root.h"

#include "image/bind_stage.h"
#include "image/make_once.h"
#include "image/overlay.h"
#include "sys/check.h"
#include "sys/mounts.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <cerrno>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

std::string make_own(std::string_view name) {
    auto path = own_path(name);
    make_once(path, 0755);
    return path;
}

/// A link in the tree could lead a mount astray.
void make_mount_point(const std::string& path) {
    if (::mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) {
        throw_errno(errno, "create " + path);
    }
    if (!fs::is_directory(fs::symlink_status(path))) {
        throw_errno(ENOTDIR, "use " + path);
    }
}

void show(const std::string& path, const std::string& new_root, bool recursive = true) {
    make_mount_point(new_root + path);
    mount_bind(path, new_root + path, recursive);
}

/// What the lab says, in the place of what the tree holds.
void write_own(const std::string& path, std::string_view text) {
    if (fs::is_symlink(fs::symlink_status(path))) {
        return; // into /run, or to a place that the tree has for it
    }
    if (fs::exists(fs::symlink_status(own_path("root-upper") + path))) {
        return; // by a node that starts again, which may have changed it
    }
    const UniqueFd file{check(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
                              "create {}", path)};
    check(::write(file.get(), text.data(), text.size()), "write {}", path);
}

/// The layer's upper directory stands for the root directory itself.
void mount_root_layer(const std::string& lower, const std::string& new_root) {
    struct stat status {};
    check(::stat(lower.c_str(), &status), "look at the root file system");
    const auto upper = own_path("root-upper");
    make_once(upper, status.st_mode & 07777);
    const auto options = fmt::format("lowerdir={},upperdir={},workdir={},userxattr", lower, upper,
                                     make_own("root-work"));
    if (::mount("overlay", new_root.c_str(), "overlay", MS_NODEV, options.c_str()) != 0) {
        const int error = errno;
        throw_errno(error,
                    error == EINVAL
                        ? "lay the node's own layer on its root file system (a directory with "
                          "something mounted below it, or on a file system that takes no layer, "
                          "cannot be a root)"
                        : "lay the node's own layer on its root file system");
    }
}

} // namespace

void enter_own_root(const NodeRoot& root) {
    const UniqueFd tree{root.tree};
    const auto lower = make_own("root-lower");
    const auto new_root = make_own("root-own");
    attach_mount(tree.get(), lower);
    mount_root_layer(lower, new_root);
    const auto hosts = read_file_or(std::string{own_files} + "/hosts", "");
    const auto resolv_conf = read_file_or(lab_resolv_conf, std::string{no_name_server});
    for (const char* path : {"/proc", "/sys", "/dev", "/tmp", "/run"}) {
        show(path, new_root);
    }
    make_mount_point(new_root + own_files);
    show(node_files, new_root, false);
    show(bind_stage, new_root);
    switch_root(new_root);
    make_mount_point("/etc");
    write_own("/etc/hosts", hosts);
    write_own("/etc/hostname", root.hostname + "\n");
    write_own("/etc/resolv.conf", resolv_conf);
}

} // namespace netlab
