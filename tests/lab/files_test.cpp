#include "support/catch.h"
#include "support/lab_under_test.h"

#include <fmt/format.h>

namespace netlab::test {

namespace {

/// A lab of one node with these settings, `"key": value` joined by commas, and one beside it.
std::string lab_with(const std::string& settings) {
    return fmt::format(
        R"({{ "nodes": {{ "h1": {{ {} }}, "h2": {{}} }}, "links": [["h1", "h2"]] }})", settings);
}

} // namespace

TEST_CASE("files of the topology are in the node before its set-up commands run") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"(
        "files": { "/etc/netlab-new": "one\n", "/etc/netlab-dir/deep/file": "two\n",
                   "/opt/netlab/three": "three\n", "/netlab-top/four": "four\n",
                   "/run/five": "five\n", "/tmp/six": "six\n" },
        "exec": ["cat /etc/netlab-new /etc/netlab-dir/deep/file >/tmp/seen"])")};
    CHECK(lab.says("h1", "cat /tmp/seen /opt/netlab/three /netlab-top/four /run/five /tmp/six") ==
          "one\ntwo\nthree\nfour\nfive\nsix");
    CHECK(lab.says("h1", "stat -c '%U %a' /etc/netlab-new") == "root 644");
    CHECK(lab.sh("h2", "ls /etc/netlab-new || ls /opt/netlab").code != 0);
    CHECK_FALSE(std::filesystem::exists("/etc/netlab-new"));
    CHECK_FALSE(std::filesystem::exists("/netlab-top"));
}

TEST_CASE("a file of the topology replaces the host's in its node only") {
    const Workshop workshop;
    const auto host = content_of("/etc/passwd");
    const LabUnderTest lab{workshop, lab_with(R"(
        "files": { "/etc/passwd": "root:x:0:0::/:/bin/sh\n", "/etc/debian_version": "mine\n",
                   "/etc/netlab-x": "x\n" })")};
    CHECK(lab.says("h1", "cat /etc/passwd /etc/debian_version") == "root:x:0:0::/:/bin/sh\nmine");
    CHECK(lab.says("h2", "wc -c </etc/passwd") == std::to_string(host.size()));
    CHECK(content_of("/etc/passwd") == host);
}

TEST_CASE("names and hosts stay the node's own when its /etc becomes writable") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"("files": { "/etc/netlab-x": "x\n" })")};
    CHECK(lab.says("h1", "cat /etc/hostname") == "h1");
    CHECK(lab.says("h1", "getent ahostsv4 h2 | head -n1 | cut -d' ' -f1") == "10.0.1.2");
    CHECK(lab.says("h1", "grep -c netlab /etc/resolv.conf") == "1");
    CHECK(lab.says("h1", "id -un") == "root");
    CHECK(lab.says("h1", "echo '10.9.9.9 other' >>/etc/hosts && getent hosts other | wc -l") ==
          "1");
    CHECK(lab.sh("h2", "getent hosts other").code != 0);
}

TEST_CASE(
    "a file that begins with #! can be run, and one may come from a file beside the topology") {
    const Workshop workshop;
    workshop.write("conf/tool.sh", "#!/bin/sh\necho \"tool $1\"\n");
    const LabUnderTest lab{workshop, lab_with(R"(
        "files": { "/opt/netlab-bin/tool": { "from": "conf/tool.sh" },
                   "/opt/netlab-bin/plain": "echo no\n" })")};
    CHECK(lab.says("h1", "/opt/netlab-bin/tool x") == "tool x");
    CHECK(lab.sh("h1", "/opt/netlab-bin/plain").code == 126);
}

TEST_CASE(
    "a private directory is empty, writable and the node's own, whatever the host has there") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, lab_with(R"(
        "private": ["/var/lib/netlab-new/inner", "/srv", "/netlab-data", "/opt", "/var/log"])")};
    for (const std::string path :
         {"/var/lib/netlab-new/inner", "/srv", "/netlab-data", "/opt", "/var/log"}) {
        INFO(path);
        CHECK(lab.says("h1", "ls -A " + path + " | wc -l") == "0");
        lab.says("h1", "mkdir " + path + "/d && echo x >" + path + "/d/f && rm -r " + path + "/d");
        lab.says("h1", "touch " + path + "/netlab-mark");
        CHECK(lab.sh("h2", "ls " + path + "/netlab-mark").code != 0);
        CHECK_FALSE(std::filesystem::exists(path + "/netlab-mark"));
    }
    CHECK_FALSE(std::filesystem::exists("/netlab-data"));
    CHECK(lab.says("h1", "stat -c %a /srv") == lab.says("h2", "stat -c %a /srv"));
}

TEST_CASE(
    "a file and a private directory cover what a bound directory holds, and do not change it") {
    const Workshop workshop;
    const auto readme = workshop.write("shared/readme", "shared\n");
    const auto conf = workshop.write("shared/conf", "precious\n");
    std::filesystem::create_directory(workshop.path() / "shared/cache");
    // Below /usr nothing is made either, though the host may have both on one file system.
    const LabUnderTest lab{workshop, lab_with(R"(
        "private": ["/srv", "/mnt/cache"], "binds": ["shared:/mnt"],
        "files": { "/srv/a/b": "b\n", "/mnt/conf": "#!/bin/sh\n", "/usr/share/netlab/c": "c\n" })")};
    CHECK(lab.says("h1", "cat /srv/a/b /mnt/readme /mnt/conf /usr/share/netlab/c; "
                         "ls -A /mnt/cache | wc -l") == "b\nshared\n#!/bin/sh\nc\n0");
    lab.says("h1", "touch /mnt/cache/mine; echo more >>/mnt/conf; echo more >>/mnt/readme");
    CHECK(content_of(conf) == "precious\n");
    CHECK(content_of(readme) == "shared\nmore\n");
    CHECK(std::filesystem::is_empty(workshop.path() / "shared/cache"));
}

TEST_CASE(
    "what would have to be made in a bound directory fails the start, and the host has nothing "
    "new") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    workshop.write("shared/a", "a\n");
    std::filesystem::create_symlink("/mnt", workshop.path() / "shared/way");
    const auto file = workshop.write("bad.json", R"({ "nodes": { "h1": {
        "binds": ["shared:/mnt", "shared:/srv:ro"], "files": { "/srv/way/d/e": "q" } } } })");
    const auto up = workshop.netlab({"up", "--lab", name, file});
    CHECK(up.code == 1);
    CHECK(up.err.find("cannot make /srv/way/d/e: ") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(workshop.path() / "shared/d"));
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE(
    "what is made for files, binds and private directories belongs to root, writable by it alone") {
    const Workshop workshop;
    workshop.write("shared/a", "a\n");
    const LabUnderTest lab{workshop, lab_with(R"(
        "files": { "/opt/netlab/d/f": "f\n" }, "private": ["/etc/netlab/p", "/netlab-top/p"],
        "binds": ["shared:/run/netlab/b"])")};
    CHECK(lab.says("h1", "stat -c '%a %U:%G' /opt/netlab /opt/netlab/d /etc/netlab /etc/netlab/p "
                         "/netlab-top /netlab-top/p /run/netlab | sort -u") == "755 root:root");
}

TEST_CASE("files may lie directly under the root directory, put there or bound") {
    const Workshop workshop;
    workshop.write("motd", "bound\n");
    const LabUnderTest lab{workshop, lab_with(R"("binds": ["motd:/netlab-motd"],
        "files": { "/netlab-run": "#!/bin/sh\necho ran\n" })")};
    CHECK(lab.says("h1", "/netlab-run; cat /netlab-motd") == "ran\nbound");
    CHECK_FALSE(std::filesystem::exists("/netlab-run"));
    CHECK_FALSE(std::filesystem::exists("/netlab-motd"));
}

TEST_CASE("what cannot be mounted fails the start, names the node's line and leaves nothing") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("bad.json", R"({ "nodes": {
        "h1": { "private": ["/etc/passwd"] } } })");
    const auto up = workshop.netlab({"up", "--lab", name, file});
    CHECK(up.code == 1);
    CHECK(up.err.find("cannot show a directory at /etc/passwd: it is a file") != std::string::npos);
    CHECK(up.err.find("bad.json:2:9: while starting this node") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

} // namespace netlab::test
