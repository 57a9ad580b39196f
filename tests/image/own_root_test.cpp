#include "other_root.h"
#include "support/catch.h"
#include "sys/mounts.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

const LabRoot plain_lab{"127.0.0.1 localhost\n10.0.1.1 h1\n", {}};

/// A root file system of a few files and busybox.
class TinyRoot {
public:
    TinyRoot() {
        std::string pattern = "/var/tmp/netlab-root-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
        fs::permissions(path_, fs::perms{0755});
        fs::create_directories(path_ / "bin");
        fs::create_directories(path_ / "etc");
        fs::copy_file("/bin/busybox", path_ / "bin/busybox");
        for (const char* name : {"sh", "cat", "ls", "touch", "echo", "rm", "mkdir", "grep"}) {
            fs::create_symlink("busybox", path_ / "bin" / name);
        }
        std::ofstream{path_ / "etc/motd"} << "tiny\n";
    }
    ~TinyRoot() { fs::remove_all(path_); }
    TinyRoot(const TinyRoot&) = delete;
    TinyRoot& operator=(const TinyRoot&) = delete;

    const fs::path& path() const { return path_; }
    std::string says_in(const std::string& script, NodeRoot root = {}) const {
        root.hostname = "h1";
        auto tree = clone_mount(path_);
        root.tree = tree.release();
        return in_node(plain_lab, root, [&] { return says(script); });
    }

private:
    fs::path path_;
};

} // namespace

TEST_CASE("a node with a root of its own sees nothing of the host's files") {
    const TinyRoot root;
    CHECK(root.says_in("ls /; ls /bin | grep -c bash; cat /etc/motd") ==
          "bin\ndev\netc\nproc\nrun\nsys\ntmp\n0\ntiny");
    CHECK(root.says_in("ls /var/tmp /usr /home /.netlab/ground 2>&1 | grep -c 'No such'") == "4");
}

TEST_CASE("a node with a root of its own writes everywhere in it, and the tree stays as it was") {
    const TinyRoot root;
    CHECK(root.says_in("echo x >/bin/x && mkdir /new && echo y >/new/y && rm /etc/motd && "
                       "cat /bin/x /new/y; ls /etc/motd 2>&1 | grep -c 'No such'") == "x\ny\n1");
    CHECK(fs::exists(root.path() / "etc/motd"));
    CHECK_FALSE(fs::exists(root.path() / "new"));
    CHECK_FALSE(fs::exists(root.path() / "bin/x"));
}

TEST_CASE("a node with a root of its own has names, devices and its own /tmp and /run") {
    const TinyRoot root;
    CHECK(root.says_in("cat /etc/hostname /etc/hosts; echo x >/dev/null && touch /tmp/x /run/y && "
                       "ls /tmp /run; ls /sys/class/net; cat /proc/self/comm") ==
          "h1\n127.0.0.1 localhost\n10.0.1.1 h1\n/run:\ny\n\n/tmp:\nx\nlo\ncat");
}

TEST_CASE("files and private directories go on top of a root of its own") {
    const TinyRoot tiny;
    NodeRoot root;
    root.files = {{"/etc/motd", "mine\n"}, {"/srv/deep/x", "deep\n"}};
    root.private_directories = {"/var/lib/x"};
    CHECK(tiny.says_in("cat /etc/motd /srv/deep/x; touch /var/lib/x/y; ls /var/lib/x", root) ==
          "mine\ndeep\ny");
}

TEST_CASE("a link in the place of a directory that a node needs is an error, and leads nowhere") {
    const TinyRoot root;
    fs::create_directory_symlink("/etc", root.path() / "proc");
    CHECK(root.says_in("echo it worked").find("/proc") != std::string::npos);
}

} // namespace netlab::test
