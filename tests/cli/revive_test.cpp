#include "support/catch.h"
#include "support/lab_under_test.h"

#include <csignal>

#include <fmt/format.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Whether that file is there, soon.
bool comes(const fs::path& path) {
    return eventually([&] { return fs::exists(path); });
}

/// A node r between a and b, whose set-up commands see files of the test's at /flags.
constexpr const char* flagged = R"({{ "nodes": {{ "a": {{}}, "b": {{}},
    "r": {{ "kind": "router", "binds": ["{}:/flags"], "exec": ["{}"] }} }},
    "links": [["a", "r"], ["r", "b"]] }})";

/// Two nodes, of which h1 may write to the file system in many ways.
constexpr const char* writer = R"({ "nodes": { "h2": {}, "h1": {
        "private": ["/data", "/usr/share/netlab-test/x"],
        "files": { "/etc/mine.conf": "as in the file\n", "/tmp/t.conf": "anew\n", "/opt/o": "o\n" },
        "exec": ["echo begun >>/var/lib/starts"] } },
    "links": [["h1", "h2"]] })";

} // namespace

// h1 --- h2
TEST_CASE("a node that is killed has its files again, and what was in memory is gone") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, writer};
    lab.says("h1", "echo data >/data/f; chmod 750 /data; echo x >/usr/share/netlab-test/x/f; "
                   "echo changed >/etc/mine.conf; echo root >/root/f; rm -r /opt/o; mkdir /home/u; "
                   "touch /tmp/gone /run/gone /dev/shm/gone; mount -t tmpfs none /mnt");
    REQUIRE(lab.netlab("kill", {"h1"}).code == 0);
    const auto started = lab.netlab("start", {"h1"});
    INFO(started.err);
    REQUIRE(started.code == 0);
    CHECK(lab.says("h1", "cat /data/f /usr/share/netlab-test/x/f /etc/mine.conf /root/f") ==
          "data\nx\nchanged\nroot");
    CHECK(lab.says("h1", "stat -c %a /data; cat /var/lib/starts /opt/o /tmp/t.conf") ==
          "750\nbegun\nbegun\no\nanew");
    CHECK(lab.says("h1", "ls -d /home/u; ls /tmp /dev/shm; ls /run | grep gone; stat -c %a /tmp") ==
          "/home/u\n/dev/shm:\n\n/tmp:\nt.conf\n1777");
    CHECK(lab.sh("h1", "ping -c1 -w9 h2").code == 0);
    CHECK(lab.netlab("faults", {"--names"}).out.empty());
    // As often as one likes.
    lab.says("h1", "echo more >>/data/f; rm /etc/mine.conf");
    REQUIRE(lab.netlab("kill", {"h1"}).code == 0);
    REQUIRE(lab.netlab("start", {"h1"}).code == 0);
    CHECK(lab.says("h1", "cat /data/f /etc/mine.conf; wc -l </var/lib/starts") ==
          "data\nmore\nas in the file\n3");
    REQUIRE(lab.netlab("kill", {"h1"}).code == 0);
    REQUIRE(lab.netlab("start", {"--wipe", "h1"}).code == 0);
    CHECK(lab.says("h1", "ls /data /root; cat /var/lib/starts") == "/data:\n\n/root:\nbegun");
}

TEST_CASE("a node in which nothing had run starts again, and so does one that nobody wrote to") {
    const Workshop workshop;
    const LabUnderTest lab{workshop,
                           R"({ "nodes": { "h1": {}, "h2": {} }, "links": [["h1", "h2"]] })"};
    REQUIRE(lab.netlab("kill", {"h1", "h2"}).code == 0);
    REQUIRE(lab.netlab("start", {"all"}).code == 0);
    CHECK(lab.sh("h1", "ping -c1 -w9 h2 && touch /var/lib/x /etc/y").code == 0);
    REQUIRE(lab.netlab("kill", {"h1"}).code == 0);
    REQUIRE(lab.netlab("start", {"h1"}).code == 0);
    CHECK(lab.sh("h1", "ping -c1 -w9 h2 && ls /var/lib/x /etc/y").code == 0);
}

TEST_CASE("Redis has all that it had acknowledged when its node's power is back") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "db": { "private": ["/var/lib/db"], "run": [{
        "name": "redis", "command": "exec redis-server --port 6379 --dir /var/lib/db --appendonly yes --appendfsync always --protected-mode no",
        "ready": { "tcp": 6379 } }] }, "c": {} }, "links": [["db", "c"]] })"};
    // Writes until the answers stop, and tells the last number that was acknowledged.
    Program writing{
        Workshop::words({"exec", "-l", lab.name(), "c", "--", "python3", "-u", "-c", R"py(
import socket
s = socket.create_connection(("db", 6379))
s.settimeout(2)
n = 0
try:
    while True:
        s.sendall(b"SET k %d\r\n" % (n + 1))
        if s.recv(100) != b"+OK\r\n":
            break
        n += 1
        if n == 300:
            print("begun", flush=True)
except OSError:
    pass
print("acknowledged", n)
)py"}),
        workshop.setting()};
    REQUIRE(
        eventually([&] { return std::atoi(lab.sh("db", "redis-cli get k").out.c_str()) >= 300; }));
    REQUIRE(lab.netlab("kill", {"db"}).code == 0);
    const auto written = writing.finish();
    INFO(written.out);
    INFO(written.err);
    const auto at = written.out.find("acknowledged ");
    REQUIRE(at != std::string::npos);
    const auto acknowledged = std::atoi(written.out.c_str() + at + 13);
    REQUIRE(lab.netlab("start", {"db"}).code == 0);
    const auto found = std::atoi(lab.says("db", "redis-cli get k").c_str());
    CHECK(acknowledged >= 300);
    CHECK((found == acknowledged || found == acknowledged + 1)); // one may have been under way
}

TEST_CASE("a killed node has its binds again, and a root file system of its own") {
    const Workshop workshop;
    workshop.write("shared/f", "shared\n");
    workshop.write("file", "file\n");
    const auto bin = workshop.path() / "tiny/bin";
    fs::create_directories(bin);
    fs::copy_file("/bin/busybox", bin / "busybox");
    for (const char* applet : {"sh", "cat", "ls", "touch", "ping"}) {
        fs::create_symlink("busybox", bin / applet);
    }
    workshop.write("tiny/etc/motd", "tiny\n");
    const LabUnderTest lab{workshop, R"({ "nodes": {
        "h1": { "binds": ["shared:/data", "shared:/mnt/ro:ro", "file:/etc/one:ro"] },
        "h2": { "root": "tiny", "binds": ["shared:/data"], "private": ["/var/lib/p"] } },
        "links": [["h1", "h2"]] })"};
    lab.says("h1", "echo more >>/data/f; echo mine >/var/lib/m");
    lab.says("h2", "echo mine >/etc/motd; touch /bin/x /var/lib/p/y; echo h >/etc/hosts.mine");
    REQUIRE(lab.netlab("kill", {"all"}).code == 0);
    workshop.write("shared/new", "new\n");
    const auto started = lab.netlab("start", {"all"});
    INFO(started.err);
    REQUIRE(started.code == 0);
    CHECK(lab.says("h1", "cat /data/f /mnt/ro/new /etc/one /var/lib/m") ==
          "shared\nmore\nnew\nfile\nmine");
    CHECK(lab.sh("h1", "touch /mnt/ro/g").code != 0);
    CHECK(lab.sh("h1", "mount -o remount,rw,bind /mnt/ro && touch /mnt/ro/g").code != 0);
    lab.says("h1", "touch /data/g");
    CHECK(fs::exists(workshop.path() / "shared/g"));
    CHECK(lab.says("h2",
                   "cat /etc/motd /data/new; ls /bin/x /var/lib/p; ls -d /usr || ping -c1 -w9 h1 "
                   ">/dev/null && echo joined") == "mine\nnew\n/bin/x\n\n/var/lib/p:\ny\njoined");
    CHECK(content_of(workshop.path() / "tiny/etc/motd") == "tiny\n");
    REQUIRE(lab.netlab("kill", {"h2"}).code == 0);
    REQUIRE(lab.netlab("start", {"--wipe", "h2"}).code == 0);
    CHECK(lab.says("h2", "cat /etc/motd; ls /var/lib/p") == "tiny");
}

// a --- r --- b
TEST_CASE("a node that cannot start stays without power, and nothing else suffers") {
    const Workshop workshop;
    const auto flags = workshop.path() / "flags";
    fs::create_directories(flags);
    const LabUnderTest lab{
        workshop, fmt::format(fmt::runtime(flagged), flags.string(), "test ! -e /flags/no")};
    lab.says("r", "echo mine >/var/lib/f");
    const auto address = lab.says("a", "ip -o addr show dev eth0; cat /sys/class/net/eth0/address");
    REQUIRE(lab.netlab("kill", {"r"}).code == 0);
    const auto without_carrier =
        lab.says("a", "ip -o addr show dev eth0 scope global; ip -4 route | wc -l");
    workshop.write("flags/no", "");
    for (int i = 0; i < 2; ++i) {
        const auto failed = lab.netlab("start", {"r"});
        CHECK(failed.code == 1);
        CHECK(has(failed.err, "node r: did not start: "));
        CHECK(has(failed.err, "test ! -e /flags/no"));
        CHECK(lab.exec("r", {"true"}).code == 1);
        CHECK(lab.netlab("faults", {"--names"}).out == "kill:r\n");
        CHECK(lab.says("a", "ip -o addr show dev eth0 scope global; ip -4 route | wc -l") ==
              without_carrier);
        CHECK(lab.says("b", "cat /sys/class/net/eth0/carrier") == "0");
    }
    fs::remove(flags / "no");
    REQUIRE(lab.netlab("start", {"r"}).code == 0);
    CHECK(lab.says("r", "cat /var/lib/f") == "mine");
    CHECK(lab.sh("a", "ping -c1 -w9 b").code == 0);
    CHECK(lab.says("a", "ip -o addr show dev eth0; cat /sys/class/net/eth0/address") == address);
}

// a --- r --- b
TEST_CASE("while a node starts the lab goes on, and who starts it once more is told so") {
    const Workshop workshop;
    const auto flags = workshop.path() / "flags";
    workshop.write("flags/go", "");
    const LabUnderTest lab{
        workshop, fmt::format(fmt::runtime(flagged), flags.string(),
                              "touch /flags/begun; until test -e /flags/go; do sleep 0.02; done")};
    lab.says("r", "echo mine >/var/lib/f");
    REQUIRE(lab.netlab("kill", {"r"}).code == 0);
    fs::remove(flags / "go");
    fs::remove(flags / "begun");
    Program starting{Workshop::words({"start", "-l", lab.name(), "r"}), workshop.setting()};
    REQUIRE(comes(flags / "begun"));
    CHECK(lab.says("a", "echo here") == "here");
    const auto again = lab.netlab("start", {"r"});
    CHECK(again.code == 2);
    CHECK(has(again.err, "node r is being stopped or started by another command"));
    CHECK(lab.exec("r", {"true"}).code == 1);
    CHECK(lab.netlab("pause", {"r"}).code == 1);
    REQUIRE(workshop.netlab({"link", "down", "--lab", lab.name(), "r-b"}).code == 0);
    REQUIRE(lab.netlab("partition", {"a", "r"}).code == 0);
    // The power goes once more, in the middle of it.
    REQUIRE(lab.netlab("kill", {"r"}).code == 0);
    const auto failed = starting.finish();
    CHECK(failed.code == 1);
    CHECK(has(failed.err, "killed by signal 9"));
    workshop.write("flags/go", "");
    REQUIRE(lab.netlab("start", {"r"}).code == 0);
    CHECK(lab.says("r", "cat /var/lib/f") == "mine");
    CHECK(lab.sh("a", "ping -c1 -W1 r").code != 0);
    REQUIRE(lab.netlab("heal", {"--all"}).code == 0);
    CHECK(lab.sh("a", "ping -c1 -w9 b").code == 0);
}

TEST_CASE("nodes that depend on others start after them, and those behind a failure not at all") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": {
        "late": { "depends_on": ["early"], "exec": ["ping -c1 -w9 early"] },
        "early": { "exec": ["test ! -e /root/no"] } },
        "links": [["late", "early"]] })"};
    REQUIRE(lab.netlab("kill", {"all"}).code == 0);
    REQUIRE(lab.netlab("start", {"all"}).code == 0);
    lab.says("early", "touch /root/no");
    REQUIRE(lab.netlab("kill", {"all"}).code == 0);
    const auto failed = lab.netlab("start", {"all"});
    CHECK(failed.code == 1);
    CHECK(has(failed.err, "node late: was not started: it depends on early"));
    CHECK(lab.netlab("start", {"--wipe", "all"}).code == 0);
}

// h1 --- h2, and h3 alone
TEST_CASE("a node whose files could not be kept starts without them only, and its error says so") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": {} }, "links": [["h1", "h2"]] })"};
    lab.says("h1", "echo mine >/root/f; mount -t proc none /.netlab/node");
    const auto killed = lab.netlab("kill", {"all"});
    REQUIRE(killed.code == 0);
    CHECK(killed.err ==
          "warning: the files of node h1 are lost: /.netlab/node is something else's\n");
    REQUIRE(lab.netlab("start", {"h2", "h3"}).code == 0);
    REQUIRE(::kill(lab.init_of("h3"), SIGKILL) == 0);
    REQUIRE(eventually([&] { return lab.exec("h3", {"true"}).code != 0; }));
    for (const std::string node : {"h1", "h3"}) {
        const auto refused = lab.netlab("start", {node});
        CHECK(refused.code == 2);
        CHECK(has(refused.err, "node " + node + " has ended, and its files with it"));
        CHECK(has(refused.err, "netlab start --wipe " + node));
        CHECK(lab.netlab("start", {"--wipe", node}).code == 0);
        CHECK(lab.says(node, "ls /root").empty());
        const auto runs = lab.netlab("start", {"--wipe", node});
        CHECK(runs.code == 2);
        CHECK(has(runs.err, "node " + node + " runs, and is not wiped while it does"));
    }
    CHECK(lab.sh("h1", "ping -c1 -w9 h2").code == 0);
}

} // namespace netlab::test
