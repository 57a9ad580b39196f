#include "image/node_root.h"

#include "image/bind_stage.h"
#include "image/host_places.h"
#include "image/kept_files.h"
#include "image/layers.h"
#include "image/make_once.h"
#include "image/overlay.h"
#include "image/own_root.h"
#include "image/views.h"
#include "sys/check.h"
#include "sys/mounts.h"
#include "sys/text_file.h"

#include <array>
#include <cerrno>
#include <filesystem>
#include <functional>
#include <map>
#include <tuple>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab {

namespace {

namespace fs = std::filesystem;

void make_file(const std::string& path, std::string_view text) {
    const UniqueFd file{check(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644),
                              "create {}", path)};
    while (!text.empty()) {
        const auto n = check(::write(file.get(), text.data(), text.size()), "write {}", path);
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

/// One tmpfs for all that a node writes: a file system each for /tmp, /run and /dev/shm would cost
/// three times the memory.
void mount_own_directories(const NodeRoot& root) {
    if (root.kept >= 0) {
        mount_kept_files(root.kept);
        ::close(root.kept);
    } else {
        mount_new("tmpfs", node_files, MS_NOSUID | MS_NODEV, "mode=0755");
    }
    static constexpr std::array<std::pair<const char*, mode_t>, 6> directories{{{"tmp", 01777},
                                                                                {"shm", 01777},
                                                                                {"run", 0755},
                                                                                {"root", 0700},
                                                                                {"own", 0755},
                                                                                {"layers", 0755}}};
    for (const auto& [name, mode] : directories) {
        make_once(own_path(name), mode);
    }
    if (!fs::exists(own_path("hostname"))) {
        make_file(own_path("hostname"), root.hostname + "\n");
    }
    mount_bind(own_path("tmp"), "/tmp");
    mount_bind(own_path("run"), "/run");
    mount_bind(own_path("root"), "/root"); // the host's is closed to a node's root
    mount_bind(own_path("shm"), "/dev/shm");
    if (!fs::is_symlink(fs::symlink_status("/etc/hostname"))) {
        mount_bind(own_path("hostname"), "/etc/hostname");
    }
}

/// Where /etc/resolv.conf is a link into /run (systemd-resolved), the file it names is in the
/// node's own /run.
void follow_resolv_conf_link() {
    const fs::path link = "/etc/resolv.conf";
    if (!fs::is_symlink(fs::symlink_status(link))) {
        return;
    }
    const auto target = (link.parent_path() / fs::read_symlink(link)).lexically_normal();
    if (target.string().starts_with("/run/")) {
        fs::create_directories(target.parent_path());
        make_file(target, read_file_or(lab_resolv_conf, std::string{no_name_server}));
    }
}

/// Here rather than with the other views: the kernel finds the node's queues by a search of all
/// IPC namespaces, the latest first (sget_fc in fs/super.c).
void mount_queues() {
    constexpr auto flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (::mount("mqueue", "/dev/mqueue", "mqueue", flags, nullptr) != 0 && errno != ENODEV) {
        throw_errno(errno, "mount mqueue on /dev/mqueue"); // ENODEV: a kernel without
    }
}

/// What a topology asks for in a node's file system, made in one order for all of it.
class Requested {
public:
    explicit Requested(const NodeRoot& root) : root_(root) {}

    void mount();

private:
    void attach(const BindMount& bind, std::size_t number);
    void make_private(const std::string& path, std::size_t number) const;
    void put(const NodeFile& file, std::size_t number) const;
    bool can_write(const std::string& path) const;

    const NodeRoot& root_;
    HostPlaces host_;
};

void Requested::attach(const BindMount& bind, std::size_t number) {
    make_place(bind.path, bind.is_file, own_path("layers"), host_);
    const UniqueFd tree{bind.tree};
    if (bind.read_only) {
        mount_bind(BindStage::path(number), bind.path, true);
        return;
    }
    attach_mount(tree.get(), bind.path);
    host_.add(bind.path);
}

void Requested::make_private(const std::string& path, std::size_t number) const {
    const auto own = own_path(fmt::format("own/{}", number));
    make_place(path, false, own_path("layers"), host_);
    struct stat status {};
    check(::stat(path.c_str(), &status), "look at {}", path);
    make_once(own, status.st_mode & 07777);
    mount_bind(own, path);
}

/// What a link leads to is written, so that must not be the host's either. A file of an owner whom
/// the node lacks cannot be changed, but in a layer its name can be given to another.
bool Requested::can_write(const std::string& path) const {
    const auto real = fs::canonical(path);
    return !host_.hold(real) && !host_.hold(real.parent_path()) &&
           (::access(path.c_str(), W_OK) == 0 || ::unlink(path.c_str()) == 0);
}

void Requested::put(const NodeFile& file, std::size_t number) const {
    const auto& path = file.path;
    const auto own = own_path(fmt::format("own/file{}", number));
    auto written = path;
    const bool is_there = fs::exists(path);
    if (root_.kept >= 0 && is_there && !fs::is_directory(path)) {
        if (fs::exists(own)) {
            mount_bind(own, path);
        }
        return; // as the node left it
    }
    if (!is_there || fs::is_directory(path)) {
        make_place(path, true, own_path("layers"), host_);
    } else if (!can_write(path)) {
        written = own;
    }
    make_file(written, file.text);
    if (file.text.starts_with("#!")) {
        check(::chmod(written.c_str(), 0755), "make {} executable", path);
    }
    if (written != path) {
        mount_bind(written, path);
    }
}

/// Outer directories before those inside them, whatever their kind.
void Requested::mount() {
    std::multimap<std::string, std::function<void()>> by_path;
    for (std::size_t i = 0; i < root_.private_directories.size(); ++i) {
        const auto& path = root_.private_directories[i];
        by_path.emplace(path, [this, &path, i] { make_private(path, i); });
    }
    for (std::size_t i = 0; i < root_.binds.size(); ++i) {
        const auto& bind = root_.binds[i];
        by_path.emplace(bind.path, [this, &bind, i] { attach(bind, i); });
    }
    for (const auto& [path, mount] : by_path) {
        mount();
    }
    for (std::size_t i = 0; i < root_.files.size(); ++i) {
        put(root_.files[i], i);
    }
}

} // namespace

void mount_node_proc() {
    if (::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) != 0) {
        const int error = errno;
        throw_errno(error, error == EPERM ? "mount /proc in a node (in a container, part of the "
                                            "host's /proc is hidden; run it "
                                            "with --security-opt systempaths=unconfined)"
                                          : "mount /proc in a node");
    }
}

void enter_node_root(const NodeRoot& root) {
    ::umask(0);
    mount_own_directories(root);
    mount_queues();
    if (root.tree >= 0 || root.is_layered()) {
        mount_views();
    }
    ::umask(022);
    if (root.tree >= 0) {
        enter_own_root(root);
    }
    follow_resolv_conf_link();
    if (root.is_layered()) {
        mount_layers();
    }
    Requested{root}.mount();
}

} // namespace netlab
