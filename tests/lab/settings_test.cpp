#include "support/catch.h"
#include "support/lab_under_test.h"

#include <fmt/format.h>
#include <unistd.h>

namespace netlab::test {

namespace {

std::string lab_with(const std::string& settings) {
    return fmt::format(R"({{ "nodes": {{
        "h1": {{ {} }},
        "h2": {{}} }}, "links": [["h1", "h2"]] }})",
                       settings);
}

void refused(const Workshop& workshop, const std::string& topology, const std::string& said,
             const std::string& place) {
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("bad.json", topology);
    const auto up = workshop.netlab({"up", "--lab", name, file});
    INFO(up.err);
    CHECK(up.code == 1);
    CHECK(up.out.empty());
    CHECK(up.err.find(said) != std::string::npos);
    CHECK(up.err.find(place) != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

} // namespace

TEST_CASE("env is in the environment of set-up commands and of exec, over the defaults") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("env": { "ROLE": "client", "HOME": "/tmp" },
        "exec": ["echo $ROLE $HOME >/tmp/seen"])")};
    CHECK(lab.says("h1", "cat /tmp/seen; echo $ROLE $HOME") == "client /tmp\nclient /tmp");
    CHECK(lab.says("h2", "echo \"<$ROLE>\"") == "<>");
    CHECK(lab.says("h2", "echo $PATH").find("/usr/sbin") != std::string::npos);
}

TEST_CASE("workdir is where set-up commands and exec begin; else exec begins where the caller is") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("workdir": "/tmp", "exec": ["pwd >/tmp/seen"])")};
    CHECK(lab.says("h1", "pwd; cat /tmp/seen") == "/tmp\n/tmp");
    auto setting = workshop.setting();
    setting.directory = "/usr/share";
    CHECK(workshop.netlab({"exec", "-l", lab.name(), "h2", "pwd"}, setting).out == "/usr/share\n");
    setting.directory = "/run"; // the node has one of its own
    CHECK(workshop.netlab({"exec", "-l", lab.name(), "h2", "pwd"}, setting).out == "/\n");
}

TEST_CASE(
    "commands run as the node's user where the caller has a range of ids, else up is refused") {
    const Workshop workshop;
    for (const std::string user : {"nobody", "1234"}) {
        const auto topology =
            lab_with("\"user\": \"" + user + "\", \"exec\": [\"id -u >/tmp/id\"]");
        if (!has_many_ids(workshop)) {
            refused(workshop, topology, "/etc/subuid", "bad.json:2:9: while starting this node");
            continue;
        }
        const LabUnderTest lab{workshop, topology};
        const std::string id = user == "nobody" ? "65534" : user;
        CHECK(lab.says("h1", "id -u; id -g; cat /tmp/id") == id + "\n" + id + "\n" + id);
        CHECK(lab.sh("h1", "ping -c1 -W4 h2").code == 0);
        CHECK(lab.sh("h1", "ip link set eth0 down").code != 0);
        CHECK(lab.says("h2", "id -u") == "0");
    }
}

TEST_CASE("a workdir that does not exist once the node is set up fails the start") {
    const Workshop workshop;
    refused(workshop, lab_with(R"("workdir": "/no/such")"),
            "cannot find the working directory /no/such: No such file or directory",
            "bad.json:2:9: while starting this node");
    refused(workshop, lab_with(R"("workdir": "/etc/passwd")"), "Not a directory",
            "bad.json:2:9: while starting this node");
    const LabUnderTest lab{workshop, R"({ "nodes": {
        "a": { "workdir": "/opt/x", "private": ["/opt/x"] },
        "b": { "workdir": "/opt/y", "files": { "/opt/y/z": "" } } } })"};
    CHECK(lab.says("a", "pwd") == "/opt/x");
    CHECK(lab.says("b", "pwd; ls") == "/opt/y\nz");
}

TEST_CASE("a user that the node does not have fails the start") {
    const Workshop workshop;
    refused(workshop, lab_with(R"("user": "nosuchuser")"), "nosuchuser",
            "bad.json:2:9: while starting this node");
}

TEST_CASE("sysctls are the node's own, those of an interface that it is born with included") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("sysctls": { "net.ipv4.ip_default_ttl": 42,
        "net/ipv4/ip_forward": 1, "net.ipv4.conf.eth0.rp_filter": 2,
        "net.ipv6.conf.eth0.accept_ra": "0", "net.ipv4.tcp_rmem": "4096 65536 131072" })")};
    CHECK(lab.says("h1",
                   "sysctl -n net.ipv4.ip_default_ttl net.ipv4.ip_forward "
                   "net.ipv4.conf.eth0.rp_filter net.ipv6.conf.eth0.accept_ra") == "42\n1\n2\n0");
    CHECK(lab.says("h1", "sysctl -n net.ipv4.tcp_rmem | tr -s '\\t' ' '") == "4096 65536 131072");
    CHECK(lab.says("h2", "sysctl -n net.ipv4.ip_default_ttl net.ipv4.ip_forward") == "64\n0");
}

TEST_CASE("a sysctl that a node cannot have fails the start, at its line, and leaves nothing") {
    const Workshop workshop;
    refused(workshop, lab_with(R"("sysctls": { "kernel.panic": 1 })"), "kernel.panic",
            "bad.json:2:30: while setting this sysctl");
    refused(workshop, lab_with(R"("sysctls": { "net.ipv4.no_such_thing": 1 })"),
            "this kernel has no such sysctl", "bad.json:2:30: while setting this sysctl");
    refused(workshop, lab_with(R"("sysctls": { "net.ipv4.ip_default_ttl": "soup" })"),
            "Invalid argument", "bad.json:2:30: while setting this sysctl");
}

TEST_CASE("set-up commands run in order, with the network up, as a shell or as words") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("exec": ["echo 1 >>/tmp/order",
        ["sh", "-c", "echo \"$0 $1\" >>/tmp/order", "two", "words  kept"],
        "ping -c1 -W4 h2 >/dev/null && echo 3 >>/tmp/order"])")};
    CHECK(lab.says("h1", "cat /tmp/order") == "1\ntwo words  kept\n3");
}

TEST_CASE("a set-up command that fails fails the start, with its output and its line") {
    const Workshop workshop;
    refused(workshop, lab_with(R"("exec": ["true",
        "echo all went wrong; echo on both >&2; exit 3"])"),
            "exit code 3:\n  all went wrong\n  on both",
            "bad.json:3:9: while running this set-up command");
    refused(workshop, lab_with(R"("exec": [["/no/such/program"]])"), "/no/such/program",
            "while running this set-up command");
    refused(workshop, lab_with(R"("exec": ["kill -9 $$"])"), "killed by signal 9",
            "while running this set-up command");
}

TEST_CASE("what a set-up command prints reaches the terminal without its control characters") {
    const Workshop workshop;
    refused(workshop, lab_with(R"("exec": ["printf \"\\033]0;t\\007bad\"; exit 1"])"),
            "exit code 1:\n  \\x1b]0;t\\x07bad", "while running this set-up command");
}

TEST_CASE("a set-up command may make the directory that what runs after it starts in") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("workdir": "/srv/app",
        "exec": ["pwd >/tmp/first && mkdir -p /srv/app", "pwd >/tmp/second"])")};
    CHECK(lab.says("h1", "cat /tmp/first /tmp/second; pwd") == "/\n/srv/app\n/srv/app");
}

TEST_CASE("a daemon that a set-up command leaves behind does not hold the start up, and stays") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("exec": ["sleep 1000 & echo started"])")};
    // It is a copy of the shell until it has become sleep.
    CHECK(eventually(
        [&] { return lab.sh("h1", "cat /proc/[0-9]*/comm | grep -c '^sleep$'").out == "1\n"; }));
}

TEST_CASE("the option --timeout ends set-up commands that take too long") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("slow.json", lab_with(R"("exec": ["sleep 60"])"));
    const auto up = workshop.netlab({"up", "--lab", name, "--timeout", "1s", file});
    CHECK(up.code == 1);
    CHECK(up.err.find("node h1 was not ready within 1 s") != std::string::npos);
    CHECK(up.err.find("--timeout") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
    CHECK(workshop.netlab({"up", "--timeout", "soon", file}).code == 2);
}

} // namespace netlab::test
