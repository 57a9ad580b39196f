#include "support/catch.h"
#include "support/lab_under_test.h"

#include <set>

#include <fmt/format.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

std::string namespace_here(const std::string& kind) {
    return std::filesystem::read_symlink("/proc/self/ns/" + kind);
}

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("a node has seven namespaces that neither the host nor another node is in") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    for (const std::string kind : {"user", "pid", "mnt", "uts", "ipc", "net", "cgroup"}) {
        const auto script = "readlink /proc/self/ns/" + kind;
        const std::set<std::string> seen{lab.says("h1", script), lab.says("h2", script),
                                         namespace_here(kind)};
        CHECK(seen.size() == 3);
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node has the host name that the file gives it, and may change it for itself") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.says("h1", "hostname; cat /etc/hostname") == "h1\nh1");
    CHECK(lab.says("h1", "hostname other; hostname") == "other");
    CHECK(lab.says("h2", "hostname") == "h2");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's processes are its own: PID 1 is its init, and it sees no other") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.says("h1", "tr -d '\\0' </proc/1/cmdline") == "netlab: h1");
    CHECK(lab.says("h1", "cat /proc/1/comm") == "netlab: h1");
    // The shell, and ps where it does not replace it.
    const auto processes =
        lab.says("h1", "for p in /proc/[0-9]*; do echo ${p#/proc/}; done | wc -l");
    CHECK(std::stoi(processes) <= 4);
    CHECK(lab.sh("h1", "tr '\\0' ' ' </proc/*/cmdline | grep -c 'netlab: lab'").out == "0\n");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a process whose parent has ended is reaped by the node's init") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "sh -c 'sleep 0.05 & sleep 0.05 &' ; sh -c 'true &'");
    CHECK(eventually([&] {
        return lab.says("h1", "cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z ' || true") == "0";
    }));
}

// h1:eth0 --- eth0:h2
TEST_CASE("nothing of the caller's environment or keys is in a node") {
    const Workshop workshop;
    auto setting = workshop.setting();
    setting.env["NETLAB_TEST_SECRET"] = "hunter2";
    const auto file = workshop.write("secret.json", pair);
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "--lab", name, file}, setting).code == 0);
    const auto look = workshop.netlab(
        {"exec", "--lab", name, "h1", "--", "sh", "-c",
         "env; tr '\\0' '\\n' </proc/1/environ; cat /proc/1/cmdline; cat /proc/keys"},
        setting);
    CHECK(look.code == 0);
    CHECK(look.out.find("hunter2") == std::string::npos);
    CHECK(look.out.find("NETLAB_TEST_SECRET") == std::string::npos);
    CHECK(look.out.find("NETLAB_STATE_DIR") == std::string::npos);
    CHECK(workshop.netlab({"down", name}).code == 0);
    CHECK(workshop.left_of(name) == "");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's processes have a session keyring of their own") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    // keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0)
    const auto print_id = fmt::format("perl -e 'print syscall({}, 0, -3, 0)'", SYS_keyctl);
    const auto here = run({"sh", "-c", print_id}).out;
    const auto there = lab.says("h1", print_id);
    CHECK(std::stol(here) > 0);
    CHECK(there != here);
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node's init holds no descriptor of the host's but /dev/null") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto open = lab.says("h1", "for fd in /proc/1/fd/*; do readlink $fd; done | sort -u");
    CHECK((open == "/dev/null" || open == "/null"));
}

// h1:eth0 --- eth0:h2
TEST_CASE("a command in a node has only its standard descriptors") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto listing = lab.says("h1", "ls /proc/$$/fd");
    // dash may keep a tenth of its own for the terminal, never with -c.
    CHECK(listing == "0\n1\n2");
}

// h1:eth0 --- eth0:h2
TEST_CASE("System V and POSIX queues, shared memory and abstract sockets are a node's own") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "ipcmk -Q >/dev/null; echo x >/dev/shm/mine");
    CHECK(lab.says("h1", "ipcs -q | grep -c 0x") == "1");
    CHECK(lab.says("h2", "ipcs -q | grep -c 0x || true") == "0");
    CHECK(lab.says("h2", "ls /dev/shm /dev/mqueue | grep -c mine || true") == "0");
    CHECK_FALSE(std::filesystem::exists("/dev/shm/mine"));
}

// h1:eth0 --- eth0:h2
TEST_CASE("what a node mounts and writes in /tmp and /run, no one else sees") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    lab.says("h1", "mkdir /tmp/m && mount -t tmpfs none /tmp/m"); // ends with that exec
    lab.says("h1", "touch /tmp/netlab-own /run/netlab-own");
    CHECK(lab.says("h1", "ls /tmp/netlab-own /run/netlab-own | wc -l") == "2");
    CHECK(lab.sh("h2", "ls /tmp/netlab-own /run/netlab-own").code != 0);
    CHECK_FALSE(std::filesystem::exists("/tmp/netlab-own"));
    CHECK_FALSE(std::filesystem::exists("/run/netlab-own"));
    CHECK(lab.says("h1", "grep -c ' /tmp/m ' /proc/self/mountinfo") == "1");
    CHECK(lab.says("h2", "grep -c ' /tmp/m ' /proc/self/mountinfo || true") == "0");
}

// h1:eth0 --- eth0:h2
TEST_CASE("a node has /etc/hosts with all names, a resolv.conf, and the devices programs need") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.says("h1", "getent hosts h2 | wc -l") == "1");
    CHECK(lab.says("h1", "getent ahostsv4 h2 | head -n 1").find("10.0.1.2") == 0);
    CHECK(lab.says("h1", "grep -c netlab /etc/resolv.conf") == "1");
    lab.says("h1",
             "for d in null zero full random urandom tty ptmx; do test -c /dev/$d || exit 1; done");
    lab.says("h1",
             "echo x >/dev/null; head -c4 /dev/zero >/dev/null; head -c4 /dev/urandom >/dev/null");
    lab.says("h1", "test -L /dev/stdin && test -L /dev/fd && echo x | cat /dev/stdin");
    lab.says("h1", "test ! -e /dev/vda && test ! -e /dev/mem && test ! -e /dev/kmsg");
}

} // namespace netlab::test
