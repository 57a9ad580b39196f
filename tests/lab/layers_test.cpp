#include "support/catch.h"
#include "support/lab_under_test.h"

#include <fmt/format.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE(
    "each node writes its /etc, /var, /home and /usr/local, unseen by the other and the host") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (const std::string path :
         {"/etc", "/etc/default", "/var", "/var/lib", "/var/log", "/var/cache", "/home", "/opt",
          "/srv", "/mnt", "/usr/local/bin", "/tmp", "/run", "/run/lock", "/root", "/var/tmp"}) {
        INFO(path);
        const auto file = path + "/netlab-own";
        lab.says("h1", "echo mine >" + file + " && test \"$(cat " + file + ")\" = mine");
        CHECK(lab.sh("h2", "ls " + file).code != 0);
        CHECK(content_of(file).empty());
        lab.says("h1", "rm " + file + " && mkdir " + file + " && rmdir " + file);
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node changes files of its /etc in place, its hosts file too") {
    const Workshop workshop;
    const auto host = content_of("/etc/passwd");
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.says("h1", "echo 'netlab-x:x:7777:7777::/:/bin/sh' >>/etc/passwd && id -un 7777") ==
          "netlab-x");
    lab.says("h1", "echo '10.0.1.2 other' >>/etc/hosts && getent hosts other");
    CHECK(lab.sh("h2", "id -un 7777 || getent hosts other").code != 0);
    CHECK(lab.says("h1", "stat -c %U /etc /etc/passwd /etc/hosts /etc/hostname | uniq") == "root");
    CHECK(content_of("/etc/passwd") == host);
}

// h1
TEST_CASE("set-up commands find the layers, and what they write stays") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h1": { "exec": [
        "mkdir -p /var/lib/netlab-x && echo set-up >/var/lib/netlab-x/f",
        "echo up >>/etc/motd-netlab" ] }, "h2": {} } })"};
    CHECK(lab.says("h1", "cat /var/lib/netlab-x/f /etc/motd-netlab") == "set-up\nup");
    CHECK(lab.sh("h2", "ls /var/lib/netlab-x").code != 0);
}

// h1
TEST_CASE("a command starts where its caller stands, also where that is in a layer") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (int i = 0; i < 2; ++i) {
        CHECK(lab.says("h1", "pwd") == workshop.path());
    }
    lab.says("h1", "echo mine >here && cat " + (workshop.path() / "here").string());
    CHECK_FALSE(std::filesystem::exists(workshop.path() / "here"));
}

// h1:eth0 --- eth0:h2
TEST_CASE("many first commands in a node at once all find the layers") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    setting.env["LAB"] = lab.name();
    const auto ended = run({"sh", "-c",
                            "for i in 1 2 3 4 5 6 7 8; do $NETLAB exec -l $LAB h1 -- sh -c "
                            "\"echo $i >/etc/netlab-$i\" & done; wait; "
                            "$NETLAB exec -l $LAB h1 -- sh -c 'ls /etc/netlab-* | wc -l; "
                            "grep -c \" /etc overlay \" /proc/self/mounts'"},
                           setting);
    INFO(ended.err);
    CHECK(ended.out == "8\n1\n");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a lab that is only looked at has no layers") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.netlab("inspect").code == 0);
    const auto mounts = "/proc/" + std::to_string(lab.init_of("h1")) + "/mounts";
    CHECK(content_of(mounts).find(" /etc overlay ") == std::string::npos);
    lab.says("h1", "true");
    CHECK(content_of(mounts).find(" /etc overlay ") != std::string::npos);
}

// h1
TEST_CASE("a user is added in a node, and commands run as him") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.says("h1", "stat -c %U /etc/shadow && grep -c ^root: /etc/shadow") == "root\n1");
    if (!lab.has_many_ids("h1")) {
        return; // and nobody else can be had
    }
    CHECK(lab.says("h1", "useradd -m -u 4321 netlab-someone && "
                         "su netlab-someone -c 'cd && touch x && pwd && stat -c %U x'") ==
          "/home/netlab-someone\nnetlab-someone");
    CHECK(lab.sh("h2", "ls /home/netlab-someone").code != 0);
}

// h1
TEST_CASE("system users keep what is theirs in a node where it has a range of ids") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto owner = lab.says("h1", "stat -c %u /var/mail");
    CHECK(owner == "0");
    // Group mail on the host; in a node with one id there is only root's.
    const auto group = lab.says("h1", "stat -c %g $(readlink -f /var/mail)");
    const auto ids = lab.says("h1", "awk '{ n += $3 } END { print n }' /proc/self/gid_map");
    CHECK(group == (ids == "1" ? "0" : "8"));
}

} // namespace netlab::test
