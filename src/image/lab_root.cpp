#include "image/lab_root.h"

#include "image/bind_stage.h"
#include "image/ground.h"
#include "image/overlay.h"
#include "sys/check.h"
#include "sys/directory.h"
#include "sys/mounts.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

// Any directory that every host has does: the mount is seen by this namespace only, and gone with
// switch_root.
constexpr const char* staging = "/tmp";

void make_directory(const std::string& path, mode_t mode = 0755) {
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        throw_errno(errno, "create " + path);
    }
    check(::chmod(path.c_str(), mode), "set the mode of {}", path);
}

void make_new_file(const std::string& path, std::string_view text, mode_t mode = 0644) {
    const UniqueFd file{check(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode),
                              "create {}", path)};
    check(::write(file.get(), text.data(), text.size()), "write {}", path);
}

/// What a lab makes for itself instead of showing the host's.
bool is_own(const std::string& name) {
    static constexpr std::array own{"proc", "sys", "dev", "run", "tmp", "root", "lost+found"};
    return std::ranges::find(own, name) != own.end();
}

void show_host_directory(const fs::directory_entry& entry, const std::string& target) {
    make_directory(target);
    mount_bind(entry.path(), target, true);
    make_read_only(target, true);
}

void show_host_directories() {
    for (const auto& entry : entries_of("/")) {
        const auto name = entry.path().filename().string();
        const auto target = staging + ("/" + name);
        if (is_own(name)) {
            continue;
        }
        if (entry.is_symlink()) {
            fs::create_symlink(fs::read_symlink(entry.path()), target);
        } else if (entry.is_directory()) {
            show_host_directory(entry, target);
        }
    }
}

void show_device(const std::string& name) {
    const auto source = "/dev/" + name;
    const auto target = staging + source;
    if (::access(source.c_str(), F_OK) != 0) {
        return; // an empty file in its place would answer ENOTTY where its absence says ENOENT
    }
    make_new_file(target, "");
    mount_bind(source, target);
    make_read_only(target,
                   false); // the device can be written all the same, but not its owner and mode
}

void make_devices() {
    make_directory(staging + std::string{"/dev"});
    for (const char* directory : {"/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/net"}) {
        make_directory(staging + std::string{directory});
    }
    for (const char* device :
         {"null", "zero", "full", "random", "urandom", "tty", "net/tun", "fuse"}) {
        show_device(device);
    }
    static constexpr std::array<std::array<const char*, 2>, 6> links{{{"pts/ptmx", "ptmx"},
                                                                      {"/proc/self/fd", "fd"},
                                                                      {"/proc/self/fd/0", "stdin"},
                                                                      {"/proc/self/fd/1", "stdout"},
                                                                      {"/proc/self/fd/2", "stderr"},
                                                                      {"/run/log", "log"}}};
    for (const auto& [target, name] : links) {
        fs::create_symlink(target, staging + std::string{"/dev/"} + name);
    }
}

/// Puts `text` over a file of the host's /etc, also where the host has no such file.
void replace_etc_file(const std::string& name, std::string_view text) {
    const auto target = "/etc/" + name;
    const auto own = own_files + ("/" + name);
    make_new_file(own, text);
    if (fs::is_symlink(fs::symlink_status(target))) {
        return; // the node's own /run gets the file that the link names: see mount_node
    }
    mount_bind(own, target);
    make_read_only(target, false);
}

void complete_etc() {
    const bool missing =
        std::ranges::any_of(std::array{"hosts", "hostname", "resolv.conf"}, [](const char* name) {
            return !fs::exists(fs::symlink_status(std::string{"/etc/"} + name));
        });
    if (!missing) {
        return;
    }
    const auto layer = own_files + std::string{"/etc"};
    make_directory(layer);
    overlay_directory("/etc", layer);
    for (const char* name : {"hosts", "hostname", "resolv.conf"}) {
        const auto path = std::string{"/etc/"} + name;
        if (!fs::exists(fs::symlink_status(path))) {
            make_new_file(path, "");
        }
    }
    make_read_only("/etc", false);
}

/// See bare_etc. Refused where the host itself has something mounted below its /etc, as containers
/// have.
void keep_bare_etc() {
    make_directory(bare_etc);
    if (::mount("/etc", bare_etc, nullptr, MS_BIND, nullptr) != 0) {
        check(::rmdir(bare_etc), "remove {}", bare_etc);
    }
}

/// Here rather than in each node: what the lab has mounted no node's root can take away.
void hide(const std::string& directory) {
    std::error_code closed; // to the lab, and so to its nodes
    if (!directory.empty() && fs::is_directory(directory, closed)) {
        mount_new("tmpfs", directory, MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0555");
    }
}

} // namespace

UniqueFd enter_lab_root(const LabRoot& root) {
    make_mounts_private();
    ::umask(0);
    mount_new("tmpfs", staging, MS_NOSUID | MS_NODEV, "mode=0755");
    show_host_directories();
    make_devices();
    for (const char* directory : {"/proc", "/sys", "/run", "/tmp", "/root", own_files, node_files,
                                  bind_stage, ground_path}) {
        make_directory(staging + std::string{directory});
    }
    // The kernel lets a user namespace mount proc and sysfs only where it sees them already: before
    // the old root goes.
    // A node that takes its own /proc away sees this one: it is to show nothing of other nodes.
    mount_new("proc", staging + std::string{"/proc"}, MS_NOSUID | MS_NODEV | MS_NOEXEC,
              "hidepid=2");
    mount_sysfs(staging + std::string{"/sys"});
    switch_root(staging);
    hide(root.hidden);
    for (const auto& directory : root.directories) {
        if (!fs::exists(fs::symlink_status(directory))) {
            make_directory(directory);
        }
    }
    for (const auto& file : root.files) {
        if (!fs::exists(fs::symlink_status(file))) {
            make_new_file(file, "");
        }
    }
    complete_etc();
    keep_bare_etc();
    replace_etc_file("hosts", root.hosts);
    replace_etc_file("resolv.conf", root.resolv_conf);
    auto ground = clone_mount(ground_path); // writable, and nowhere to be found
    make_read_only("/", false);
    return ground;
}

} // namespace netlab
