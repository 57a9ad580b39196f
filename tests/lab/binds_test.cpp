#include "support/catch.h"
#include "support/lab_under_test.h"

#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

std::string lab_with(const std::string& binds) {
    return fmt::format(
        R"({{ "nodes": {{ "h1": {{ "binds": [{}] }}, "h2": {{}} }}, "links": [["h1", "h2"]] }})",
        binds);
}

struct stat status_of(const fs::path& path) {
    struct stat status {};
    REQUIRE(::lstat(path.c_str(), &status) == 0);
    return status;
}

} // namespace

TEST_CASE("what a node writes in a bound directory is on the host, and belongs to the caller") {
    const Workshop workshop;
    const auto shared = workshop.path() / "shared";
    workshop.write("shared/old", "old\n");
    const LabUnderTest lab{workshop, lab_with(fmt::format(R"("{}:/mnt")", shared.string()))};
    lab.says("h1", "cat /mnt/old && echo new >/mnt/new && mkdir /mnt/d && echo more >>/mnt/old");
    CHECK(content_of(shared / "new") == "new\n");
    CHECK(content_of(shared / "old") == "old\nmore\n");
    CHECK(status_of(shared / "new").st_uid == ::getuid());
    CHECK(status_of(shared / "new").st_gid == ::getgid());
    CHECK(status_of(shared / "d").st_uid == ::getuid());
    CHECK(lab.says("h1", "stat -c %u:%g /mnt/new /mnt/old") == "0:0\n0:0");
    CHECK(lab.sh("h2", "cat /mnt/old").code != 0);
    fs::remove_all(shared / "d");
}

TEST_CASE("what the host writes in a bound directory is in the node") {
    const Workshop workshop;
    workshop.write("shared/a", "1");
    const LabUnderTest lab{workshop, lab_with(R"("shared:/mnt")")};
    workshop.write("shared/b", "2\n");
    CHECK(lab.says("h1", "cat /mnt/b") == "2");
}

TEST_CASE("a bind with :ro cannot be written, not even after a remount") {
    const Workshop workshop;
    const auto file = workshop.write("shared/old", "old\n");
    const LabUnderTest lab{workshop, lab_with(R"("shared:/mnt:ro")")};
    CHECK(lab.says("h1", "cat /mnt/old") == "old");
    CHECK(lab.sh("h1", "echo x >/mnt/new").code != 0);
    CHECK(lab.sh("h1", "echo x >/mnt/old").code != 0);
    CHECK(lab.sh("h1", "rm /mnt/old").code != 0);
    lab.sh("h1", "mount -o remount,bind,rw /mnt && echo x >/mnt/old");
    CHECK(content_of(file) == "old\n");
}

TEST_CASE("a single file can be bound, over one of the host's or where there is none") {
    const Workshop workshop;
    workshop.write("motd", "bound\n");
    const auto data = workshop.write("data.txt", "data\n");
    const LabUnderTest lab{workshop,
                           lab_with(R"("motd:/etc/debian_version", "data.txt:/opt/netlab/data")")};
    CHECK(lab.says("h1", "cat /etc/debian_version /opt/netlab/data") == "bound\ndata");
    lab.says("h1", "echo more >>/opt/netlab/data");
    CHECK(content_of(data) == "data\nmore\n");
}

TEST_CASE("a bind's place in the node is made where the host has no such directory") {
    const Workshop workshop;
    workshop.write("shared/a", "a\n");
    const LabUnderTest lab{workshop, lab_with(R"("shared:/netlab-top", "shared:/etc/netlab/in",
        "shared:/run/netlab/in", "shared:/var/lib/netlab-new")")};
    CHECK(lab.says("h1",
                   "cat /netlab-top/a /etc/netlab/in/a /run/netlab/in/a /var/lib/netlab-new/a") ==
          "a\na\na\na");
    CHECK_FALSE(fs::exists("/netlab-top"));
}

TEST_CASE("several nodes may bind one directory, and see what the others write") {
    const Workshop workshop;
    workshop.write("shared/a", "a\n");
    const LabUnderTest lab{workshop, R"({ "nodes": { "h[1-3]": { "binds": ["shared:/mnt"] } } })"};
    lab.says("h1", "echo from-h1 >/mnt/note");
    CHECK(lab.says("h3", "cat /mnt/note") == "from-h1");
}

TEST_CASE("a bind of what is not there is a mistake of the file") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("bad.json", lab_with(R"("nothing-here:/mnt")"));
    const auto up = workshop.netlab({"up", "--lab", name, file});
    CHECK(up.code == 2);
    CHECK(up.err.find("bad.json:1:") != std::string::npos);
    CHECK(up.err.find("nothing-here") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a link in a bound directory leads nowhere but into the node") {
    const Workshop workshop;
    workshop.write("shared/a", "a\n");
    const auto outside = workshop.write("outside", "outside\n");
    fs::create_symlink("/etc/shadow", workshop.path() / "shared/shadow");
    const LabUnderTest lab{workshop, lab_with(R"("shared:/mnt")")};
    CHECK(lab.sh("h1", "cat /mnt/../outside").code != 0);
    // It leads to the node's own.
    CHECK(lab.says("h1", "echo mine >/mnt/shadow && cat /etc/shadow") == "mine");
    CHECK(content_of(outside) == "outside\n");
}

} // namespace netlab::test
