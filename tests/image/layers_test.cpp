#include "image/layers.h"
#include "other_root.h"
#include "support/catch.h"
#include "sys/mounts.h"

#include <filesystem>

namespace netlab::test {

namespace {

const LabRoot lab{"127.0.0.1 localhost\n10.0.1.1 h1\n", {}};

/// A node in which something has run.
std::string in_layers(
    const std::string& script, const std::function<void()>& before = [] {}) {
    NodeRoot root;
    root.hostname = "h1";
    root.runs_early = true;
    return in_node(
        lab, root, [&] { return says(script); }, before);
}

} // namespace

TEST_CASE("a node writes below /etc, /var, /home, /opt, /srv and /mnt, and the host sees nothing") {
    for (const std::string path :
         {"/etc", "/etc/netlab-d", "/var", "/var/lib", "/var/log", "/home", "/opt", "/srv",
          "/usr/local", "/usr/local/bin", "/etc/default"}) {
        INFO(path);
        CHECK(in_layers("mkdir -p " + path + " && cd " + path +
                        " && echo x >netlab-x && mkdir netlab-y && echo y >netlab-y/z && "
                        "mv netlab-x netlab-y/ && cat netlab-y/*") == "x\ny");
        CHECK_FALSE(std::filesystem::exists(path + "/netlab-y"));
    }
    CHECK_FALSE(std::filesystem::exists("/etc/netlab-d"));
}

TEST_CASE("the files of a node's /etc are its root's to change in place") {
    CHECK(
        in_layers("stat -c '%u:%g' /etc /etc/passwd /etc/hosts | sort -u; "
                  "echo 'netlab-x:x:7:7::/:' >>/etc/passwd && tail -n1 /etc/passwd; "
                  "echo '10.9.9.9 there' >>/etc/hosts && grep -c . /etc/hosts; cat /etc/hostname; "
                  "sed -i s/netlab-x/netlab-y/ /etc/passwd && grep -c netlab-y: /etc/passwd") ==
        "0:0\nnetlab-x:x:7:7::/:\n3\nh1\n1");
}

TEST_CASE("a directory that the lab's owner may not read is an empty one in a node") {
    const auto before = [] {
        mount_new("tmpfs", "/var", 0);
        says("mkdir -p /var/lib/closed/in /var/lib/open && echo x >/var/lib/closed/f && "
             "echo y >/var/lib/open/f && chmod 0000 /var/lib/closed");
    };
    // Root in the tests' own world may read everything that is its own.
    CHECK(in_layers("cat /var/lib/open/f; ls -A /var/lib", before).find("y") == 0);
}

TEST_CASE("a directory with a mount of the host's below it can be written all the same") {
    const auto before = [] {
        mount_new("tmpfs", "/var/cache", 0);
        says("mkdir /var/cache/d && echo cached >/var/cache/d/f");
        mount_new("tmpfs", "/var/cache/d", 0);
        says("mkdir /var/cache/d/e && echo deep >/var/cache/d/e/f");
        mount_new("tmpfs", "/var/lib/apt", 0);
    };
    CHECK(in_layers("cd /var && touch x lib/x cache/x cache/d/x && echo written; cat cache/d/e/f; "
                    "ls cache/d; test -s lib/dpkg/status && echo there; touch lib/dpkg/x",
                    before) == "written\ndeep\ne\nx\nthere");
    CHECK_FALSE(std::filesystem::exists("/var/cache/d/x"));
}

TEST_CASE("layers are mounted once, by whoever is first, and only where ground is laid") {
    NodeRoot root;
    root.hostname = "h1";
    CHECK(in_node(lab, root, [] {
              const auto count = [] { return mount_points().size(); };
              const auto before = count();
              mount_layers();
              const auto after = count();
              mount_layers();
              return std::string{after > before ? "mounted " : "not mounted "} +
                     (count() == after ? "once" : "twice");
          }) == "mounted once");
}

TEST_CASE("what lies under a node's layers cannot be written by way of another name") {
    CHECK(in_layers("for p in /.netlab/ground/list /.netlab/ground/1/top/passwd; "
                    "do echo x 2>/dev/null >>$p && echo $p; done; "
                    "umount /etc; echo x 2>/dev/null >>/etc/passwd && echo /etc/passwd; "
                    "mount -o remount,rw,bind /etc 2>/dev/null && echo remounted; true") == "");
}

TEST_CASE("owners of files go from one process to another as they are") {
    const Owners owners{{"/var/a b\nc", {7, 8}}, {"/var/d", {4294967294U, 0}}};
    CHECK(parse_owners(to_text(owners)) == owners);
    CHECK(parse_owners("").empty());
    for (const auto& [path, owner] : read_owners()) {
        CHECK(path.front() == '/');
    }
}

TEST_CASE("an owner without a number in the lab's user namespace is who he is on the host") {
    const Owners owners{{"/var/mail", {0, 8}}};
    struct stat status {};
    status.st_gid = 65534;
    CHECK(owner_in_lab(owners, "/var/mail", status) == std::pair<uid_t, gid_t>{0, 8});
    CHECK(owner_in_lab(owners, "/var/opt", status) == std::pair<uid_t, gid_t>{0, 0});
    status.st_uid = 33;
    CHECK(owner_in_lab(owners, "/var/mail", status) == std::pair<uid_t, gid_t>{33, 8});
}

} // namespace netlab::test
