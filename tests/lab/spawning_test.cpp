#include "support/catch.h"
#include "support/lab_under_test.h"

#include <fstream>

namespace netlab::test {

namespace {

/// What can be asked of a node that needs nothing but words, for nodes enough that two processes
/// clone them.
constexpr const char* plain_lab = R"({
    "defaults": { "node": { "env": { "COLOUR": "grün" } } },
    "nodes": {
        "h[1-70]": {},
        "w": {
            "sysctls": { "net.ipv4.ip_default_ttl": 33 },
            "files": { "/etc/motd": "moin\n" },
            "private": ["/srv/data"],
            "workdir": "/srv/data",
            "exec": ["echo $COLOUR >/srv/data/colour", ["cp", "/etc/motd", "/srv/data/motd"]] } },
    "links": [["h[1-70]", "w"]] })";

/// Not in every build, and not where AppArmor knows by its path what may make namespaces.
bool has_spawner() {
#ifdef NETLAB_HAS_SPAWNER
    std::ifstream restricted{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns"};
    return restricted.get() != '1';
#else
    return false;
#endif
}

/// The program that a node's PID 1 runs.
std::string program_of(const LabUnderTest& lab, const std::string& node) {
    return lab.says(node, "readlink /proc/1/exe");
}

void check_plain_lab(const LabUnderTest& lab) {
    CHECK(lab.says("w", "cat motd colour; sysctl -n net.ipv4.ip_default_ttl") == "moin\ngrün\n33");
    CHECK(lab.says("h70", "hostname") == "h70");
    CHECK(lab.sh("w", "ping -c1 -W5 h70").code == 0);
}

} // namespace

TEST_CASE("nodes are cloned by a small program, which has all that is asked of them") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, plain_lab};
    check_plain_lab(lab);
    if (has_spawner()) {
        CHECK(program_of(lab, "h1").find("netlab-node") != std::string::npos);
        CHECK(program_of(lab, "w") == program_of(lab, "h1"));
    }
    // Its file is its own, and nothing is to be changed in it.
    CHECK(lab.sh("h1", "echo x >>/proc/1/exe").code != 0);
}

} // namespace netlab::test
