#include "node/join_inside.h"
#include "node/join_user.h"
#include "support/catch.h"
#include "sys/text_file.h"

#include <stdexcept>

namespace netlab::test {

namespace {

constexpr auto passwd = "root:x:0:0:root:/root:/bin/bash\n"
                        "# a comment\n"
                        "broken:x:many:0::/:/bin/sh\n"
                        "bird:x:105:110::/run/bird:/usr/sbin/nologin\n"
                        "bare:x:7:7:::\n"
                        "1000:x:12:12::/twelve:/bin/sh\n"
                        "last:x:1000:1000::/home/last:/bin/zsh";
constexpr auto group = "root:x:0:\n"
                       "bird:x:110:\n"
                       "wire:x:200:last,bird\n"
                       "more:x:201:birds,bird\n"
                       "again:x:200:bird\n";

std::string mistake(const char* wanted) {
    try {
        find_user(wanted, passwd, group);
    } catch (const std::invalid_argument& found) {
        return found.what();
    }
    return "none";
}

} // namespace

TEST_CASE("a user is found by name and by number, root without being named") {
    CHECK(find_user("", passwd, group).name == "root");
    CHECK(find_user("", passwd, group).shell == "/bin/bash");
    const auto bird = find_user("bird", passwd, group);
    CHECK(bird.uid == 105);
    CHECK(bird.gid == 110);
    CHECK(bird.home == "/run/bird");
    CHECK(bird.groups == std::vector<gid_t>{200, 201});
    CHECK(find_user("105", passwd, group).name == "bird");
    CHECK(find_user("last", passwd, group).shell == "/bin/zsh");
}

TEST_CASE("a user whose name is a number comes before the number") {
    CHECK(find_user("1000", passwd, group).uid == 12);
}

TEST_CASE("an id without an entry is a user without a name") {
    const auto user = find_user("4242", passwd, group);
    CHECK(user.uid == 4242);
    CHECK(user.gid == 4242);
    CHECK(user.name.empty());
    CHECK(user.home == "/");
}

TEST_CASE("a group may follow the user") {
    CHECK(find_user("bird:wire", passwd, group).gid == 200);
    CHECK(find_user("bird:77", passwd, group).gid == 77);
    CHECK(find_user("5:6", passwd, group).gid == 6);
}

TEST_CASE("empty fields of passwd have defaults") {
    CHECK(find_user("bare", passwd, group).home == "/");
    CHECK(find_user("bare", passwd, group).shell == "/bin/sh");
}

TEST_CASE("root needs no files") {
    CHECK(find_user("root", "", "").home == "/root");
    CHECK(find_user("", "", "").uid == 0);
}

TEST_CASE("users and groups that are not there are named") {
    CHECK(mistake("nosuch") == "there is no user \"nosuch\" in its /etc/passwd");
    CHECK(mistake("broken") == "there is no user \"broken\" in its /etc/passwd");
    CHECK(mistake("bird:nosuch") == "there is no group \"nosuch\" in its /etc/group");
    CHECK(mistake("4294967295") == "there is no user \"4294967295\" in its /etc/passwd");
    CHECK(mistake("-1") == "there is no user \"-1\" in its /etc/passwd");
}

TEST_CASE("what is not a regular file counts as none") {
    CHECK(small_file("/dev/zero").empty());
    CHECK(small_file("/etc").empty());
    CHECK(small_file("/no/such/file").empty());
}

TEST_CASE("TERM is passed on only with a terminal") {
    const char* const caller[] = {
        "TERM=xterm", "COLORTERM=truecolor", "LANGUAGE=de", "EDITOR=vi", "noequals", nullptr};
    const NodeUser root{"root", 0, 0, {}, "/root", "/bin/sh"};
    const auto without = command_environment({}, root, caller, false);
    CHECK(without.front() == "HOME=/root");
    CHECK(without.size() == 6);
    const auto with = command_environment({}, root, caller, true);
    CHECK(with.size() == 8);
    CHECK(with.front() == "COLORTERM=truecolor");
}

} // namespace netlab::test
