#include "support/catch.h"
#include "support/lab_under_test.h"

#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

/// A root file system of busybox below the workshop, beside the topology file.
void make_tiny_root(const Workshop& workshop, const std::string& name) {
    const auto root = workshop.path() / name;
    fs::create_directories(root / "bin");
    fs::copy_file("/bin/busybox", root / "bin/busybox");
    for (const char* applet : {"sh", "cat", "ls", "touch", "hostname", "ping", "id", "stat"}) {
        fs::create_symlink("busybox", root / "bin" / applet);
    }
    workshop.write(name + "/etc/passwd", "root:x:0:0:root:/:/bin/sh\n");
    workshop.write(name + "/etc/motd", "tiny\n");
}

constexpr const char* two_roots = R"({ "nodes": {
    "h[1-2]": { "root": "tiny", "exec": ["echo $(hostname) >/set-up"] }, "h3": {} },
    "links": [["h1", "h2"], ["h2", "h3"]] })";

} // namespace

// h1:eth0 --- eth0:h2:eth1 --- eth0:h3
TEST_CASE("nodes share a root file system of their own, and neither changes it") {
    const Workshop workshop;
    make_tiny_root(workshop, "tiny");
    const LabUnderTest lab{workshop, two_roots};
    CHECK(lab.says("h1", "cat /set-up /etc/motd /etc/hostname") == "h1\ntiny\nh1");
    CHECK(lab.says("h2", "cat /set-up") == "h2");
    CHECK(lab.says("h1", "stat -c %u /etc/motd") == "0");
    lab.says("h1", "echo mine >>/etc/motd && touch /bin/x");
    CHECK(lab.says("h2", "cat /etc/motd") == "tiny");
    CHECK(content_of(workshop.path() / "tiny/etc/motd") == "tiny\n");
    CHECK_FALSE(fs::exists(workshop.path() / "tiny/set-up"));
    CHECK(lab.says("h1", "ping -c 1 -W 5 h2 >/dev/null; echo $?") == "0");
}

// h1:eth0 --- eth0:h2:eth1 --- eth0:h3
TEST_CASE("nothing of the host's files is in sight of a node with a root of its own") {
    const Workshop workshop;
    make_tiny_root(workshop, "tiny");
    const LabUnderTest lab{workshop, two_roots};
    CHECK(lab.says("h1", "ls /") == "bin\ndev\netc\nproc\nrun\nset-up\nsys\ntmp");
    for (const auto& path :
         std::vector<std::string>{"/usr", "/var/tmp", workshop.path(), "/.netlab/ground/list"}) {
        INFO(path);
        CHECK(lab.sh("h1", "ls " + path).code != 0);
    }
    CHECK(lab.sh("h1", "umount /proc; ls /proc/1/root/usr").code != 0);
    CHECK(lab.says("h3", "ls -d /usr/bin") == "/usr/bin");
}

// h1
TEST_CASE("files, binds and private directories go on top of a root of its own") {
    const Workshop workshop;
    make_tiny_root(workshop, "tiny");
    workshop.write("shared/f", "shared\n");
    const LabUnderTest lab{workshop, R"({ "nodes": { "h1": { "root": "tiny",
        "files": { "/etc/motd": "mine\n", "/srv/x": "x\n" }, "private": ["/var/lib/p"],
        "binds": ["shared:/data", "shared:/mnt/ro:ro"] } } })"};
    CHECK(lab.says("h1",
                   "cat /etc/motd /srv/x /data/f /mnt/ro/f; ls /var/lib/p; touch /var/lib/p/y") ==
          "mine\nx\nshared\nshared");
    CHECK(lab.sh("h1", "touch /mnt/ro/g").code != 0);
    lab.says("h1", "touch /data/g");
    CHECK(fs::exists(workshop.path() / "shared/g"));
}

// h1
TEST_CASE("up --dry-run and inspect tell the root of a node") {
    const Workshop workshop;
    make_tiny_root(workshop, "tiny");
    const auto file = workshop.write("lab.json", two_roots);
    const auto plan = workshop.netlab({"up", "--dry-run", file});
    CHECK(plan.out.find((workshop.path() / "tiny").string()) != std::string::npos);
}

// Debian's own root file system, as its users make one; asked for by its tag, because it needs the
// packages: those of $NETLAB_DEBIAN, which scripts/test makes of this host's own files, or a
// mirror's.
TEST_CASE("a node boots on a root file system that mmdebstrap has made", "[.mmdebstrap]") {
    const Workshop workshop;
    const auto root = workshop.path() / "debian";
    auto setting = workshop.setting();
    setting.patience = std::chrono::minutes{8};
    std::vector<std::string> words{"mmdebstrap", "--quiet", "--variant=essential", "bookworm",
                                   root};
    if (const char* const packages = std::getenv("NETLAB_DEBIAN")) {
        words.push_back(fmt::format("deb [trusted=yes] copy://{} bookworm main", packages));
        words.insert(words.begin() + 1, "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr");
    }
    const auto made = run(words, setting);
    INFO(made.err);
    REQUIRE(made.code == 0);
    const LabUnderTest lab{workshop, R"({ "nodes": { "h1": { "root": "debian" },
        "h2": { "root": "debian" } }, "links": [["h1", "h2"]] })"};
    CHECK(lab.says("h1", ". /etc/os-release && echo $ID") == "debian");
    CHECK(lab.sh("h1", "ls " + root.string()).code != 0); // nothing of the host's
    CHECK(lab.says("h1", "dpkg-query -W -f '${Status}' base-files") == "install ok installed");
    // What needs the owners of files to be right.
    CHECK(lab.says("h1", "stat -c %U:%a /bin/su /root") == "root:4755\nroot:700");
    CHECK(lab.says("h1", "su -s /bin/sh nobody -c 'id -un'") == "nobody");
    CHECK(lab.says("h1", "dpkg --remove --force-remove-essential login >/dev/null 2>&1; "
                         "ls /bin/login 2>/dev/null | wc -l") == "0");
    CHECK(lab.says("h2", "ls /bin/login") == "/bin/login");
    CHECK(fs::exists(root / "bin/login"));
}

} // namespace netlab::test
