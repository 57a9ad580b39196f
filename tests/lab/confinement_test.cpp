#include "support/catch.h"
#include "support/lab_under_test.h"

#include <ctime>
#include <filesystem>
#include <optional>

#include <unistd.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

bool refused(const LabUnderTest& lab, const std::string& script) {
    const auto ended = lab.sh("h1", script);
    INFO(script << "\n" << ended.out << ended.err);
    CHECK(ended.code != 0);
    return ended.code != 0;
}

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root cannot write the host's files") {
    const Workshop workshop;
    const auto file = workshop.write("mine", "as it was");
    std::filesystem::permissions(file, std::filesystem::perms{0666});
    const LabUnderTest lab{workshop, pair};
    for (const std::string path :
         {"/usr/netlab-x", "/usr/bin/netlab-x", "/netlab-x", "/boot/netlab-x"}) {
        refused(lab, "touch " + path);
        CHECK_FALSE(std::filesystem::exists(path));
    }
    // Below others it has a layer of its own, which the host does not see.
    for (const std::string path :
         {"/etc/netlab-x", "/var/netlab-x", "/var/tmp/netlab-x", "/home/netlab-x"}) {
        lab.sh("h1", "touch " + path);
        CHECK_FALSE(std::filesystem::exists(path));
    }
    lab.sh("h1", "echo changed >" + file.string());
    lab.sh("h1", "chmod 0777 " + file.string());
    lab.sh("h1", "rm -f " + file.string());
    CHECK(content_of(file) == "as it was");
    CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::owner_exec) ==
          std::filesystem::perms::none);
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root cannot make the host's file systems writable again") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1",
             "umount -l /etc /var"); // the layers are its own; the host's are under them
    for (const std::string path : {"/usr", "/etc", "/var", "/", "/etc/hosts", "/etc/resolv.conf"}) {
        refused(lab, "mount -o remount,bind,rw " + path);
        refused(lab, "mount -o remount,rw " + path);
    }
    // Nor by way of a copy, or a namespace further in.
    refused(lab, "mkdir /tmp/u && mount --bind /usr /tmp/u && mount -o remount,bind,rw /tmp/u");
    refused(lab, "unshare -m sh -c 'mount -o remount,bind,rw /usr'");
    refused(lab, "unshare -Urm sh -c 'mount -o remount,bind,rw /usr'");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root cannot take away the mounts that hide the host") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "umount -l /etc /var");
    for (const std::string path : {"/usr", "/etc/hosts", "/etc/resolv.conf", "/etc", "/var"}) {
        refused(lab, "umount " + path);
        refused(lab, "umount -l " + path);
    }
    refused(lab, "umount -l /");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root cannot write what /proc/sys and /sys have for the whole machine") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (const std::string path :
         {"kernel/core_pattern", "kernel/panic", "kernel/sysrq", "kernel/modprobe",
          "vm/overcommit_memory", "fs/file-max", "net/core/rmem_max"}) {
        const auto whole = "/proc/sys/" + path;
        if (std::filesystem::exists(whole)) {
            const auto before = content_of(whole);
            refused(lab, "cat " + whole + " >/tmp/v && cat /tmp/v >" + whole);
            CHECK(content_of(whole) == before);
        }
    }
    refused(lab, "echo 1 >/proc/sysrq-trigger");
    // What belongs to its own network is not the whole machine's.
    CHECK(lab.says("h1", "find /sys -writable -type f 2>/dev/null | "
                         "grep -v ^/sys/devices/virtual/net/ | head -n 3") == "");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root cannot set the host's clock") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto before = std::time(nullptr);
    refused(lab, "date -s '2001-01-01 00:00:00'");
    CHECK(std::time(nullptr) - before < 600);
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's root has no power over processes, devices, modules or the boot of the host") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    refused(lab, "kill -0 " + std::to_string(::getpid()));
    refused(lab, "mknod /tmp/sda b 8 0");
    refused(lab, "dmesg --clear");
    lab.sh("h1", "kill -9 1"); // the kernel shields an init from its own
    CHECK(lab.says("h1", "hostname") == "h1");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node reaches no network namespace but its own through its veth's other end") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": {} },
        "links": [{ "endpoints": ["h1", "h2", "h3"] }] })"};
    // The other end of h1:eth0 is a port of the segment's bridge, in the lab's own namespace.
    const auto link = lab.says("h1", "ip link show eth0");
    REQUIRE(link.find("link-netnsid") != std::string::npos);
    const auto id = link.substr(link.find("link-netnsid") + 13, 1);
    refused(lab, "ip link show target-nsid " + id + " type bridge");
    refused(lab, "ip link add link if3 link-netnsid " + id + " name mv type macvlan");
    CHECK(lab.says("h1", "ip -o link show | wc -l") == "2");
}

// h1:eth0 --- eth0:h2
TEST_CASE("no interface of a lab is on the host, and none of the host's in a node") {
    const Workshop workshop;
    const auto before = HostState::now();
    const LabUnderTest lab{workshop, pair};
    const auto during = HostState::now();
    CHECK(during.interfaces == before.interfaces);
    CHECK(during.mounts == before.mounts);
    CHECK(during.netns_names == before.netns_names);
    CHECK(lab.says("h1", "ls /sys/class/net | sort | tr '\\n' ' '") == "eth0 lo ");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node sees nothing of the labs' state folders, and its root cannot uncover them") {
    const Workshop workshop;
    auto setting = workshop.setting();
    const auto state = (workshop.path() / "labs").string();
    setting.env["NETLAB_STATE_DIR"] = state;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("pair.json", pair);
    const auto up = workshop.netlab({"up", "--lab", name, file}, setting);
    INFO(up.out << up.err);
    REQUIRE(up.code == 0);
    CHECK(std::filesystem::exists(state + "/" + name + "/control.sock"));
    const auto seen = [&](const std::string& before) {
        return workshop.netlab(
            {"exec", "-l", name, "h1", "--", "sh", "-c", before + " ls -A " + state}, setting);
    };
    CHECK(seen("").out.empty());
    CHECK(seen("touch " + state + "/x;").out.find(name) == std::string::npos);
    CHECK(seen("umount -l /var; umount " + state + " 2>&1;").out.find(name) == std::string::npos);
    // What else is in /var has its layer all the same.
    CHECK(workshop.netlab({"exec", "-l", name, "h2", "--", "touch", "/var/lib/netlab-x"}, setting)
              .code == 0);
    CHECK(workshop.netlab({"down", name}, setting).code == 0);
}

// The lab hides a folder below /var/tmp, so that what else is there is shown folder by folder.
TEST_CASE("a folder of the host's that has gone meanwhile keeps no command from a node") {
    const Workshop workshop;
    auto setting = workshop.setting();
    setting.env["NETLAB_STATE_DIR"] = (workshop.path() / "labs").string();
    auto other = std::make_optional<Workshop>();
    const auto gone = other->path().string();
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("pair.json", pair);
    const auto up = workshop.netlab({"up", "--lab", name, file}, setting);
    INFO(up.out << up.err);
    REQUIRE(up.code == 0);
    const auto exec = [&](const char* node, const std::string& script) {
        return workshop.netlab({"exec", "-l", name, node, "--", "sh", "-c", script}, setting);
    };
    CHECK(exec("h1", "test -d " + gone).code == 0);
    other.reset();
    const auto later = exec("h2", "touch /var/tmp/x");
    INFO(later.out << later.err);
    CHECK(later.code == 0);
    CHECK(workshop.netlab({"down", name}, setting).code == 0);
}

// h1:eth0 --- eth0:h2
TEST_CASE("a lab does what it is told from outside only") {
    const Workshop workshop;
    auto setting = workshop.setting();
    // On a file system that can map owners, so that the node's root may look in.
    const auto state = (workshop.path() / "labs").string();
    setting.env["NETLAB_STATE_DIR"] = state;
    std::filesystem::create_directory(state);
    std::filesystem::permissions(state, std::filesystem::perms{0700});
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("bound.json", R"({ "nodes": { "h1": { "binds": [")" + state +
                                                       R"(:/mnt/labs"] } } })");
    const auto up = workshop.netlab({"up", "--lab", name, file}, setting);
    INFO(up.out << up.err);
    REQUIRE(up.code == 0);
    const auto inside = [&](const std::string& script) {
        return workshop.netlab({"exec", "-l", name, "h1", "--", "sh", "-c", script}, setting);
    };
    CHECK(inside("test -S /mnt/labs/" + name + "/control.sock").code == 0);
    const auto told =
        inside("NETLAB_STATE_DIR=/mnt/labs " + Workshop::words({}).front() + " inspect -l " + name);
    INFO(told.out << told.err);
    CHECK(told.code == 1);
    CHECK(told.out.empty());
    CHECK(workshop.netlab({"inspect", "-l", name}, setting).code == 0);
    CHECK(workshop.netlab({"down", name}, setting).code == 0);
}

} // namespace netlab::test
