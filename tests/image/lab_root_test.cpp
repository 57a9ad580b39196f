#include "other_root.h"
#include "support/catch.h"

#include <filesystem>

namespace netlab::test {

namespace {

const LabRoot plain{"127.0.0.1 localhost\n10.0.1.1 h1\n", {}};

} // namespace

TEST_CASE("a lab's root shows the host's directories, read-only, under names of its own /etc") {
    CHECK(in_lab(plain, [] { return says("cat /etc/hosts; ls -d /usr /etc /var | wc -l"); }) ==
          "127.0.0.1 localhost\n10.0.1.1 h1\n3");
    CHECK(in_lab(plain, [] { return says("touch /usr/netlab-x 2>&1 | grep -o Read-only"); }) ==
          "Read-only");
    CHECK(in_lab(plain, [] { return says("touch /netlab-x 2>&1 | grep -o Read-only"); }) ==
          "Read-only");
    CHECK(in_lab(plain, [] { return says("grep -c netlab /etc/resolv.conf"); }) == "1");
}

TEST_CASE("a lab's root has nothing of the host's /tmp, /run and /dev but the plain devices") {
    CHECK(in_lab(plain, [] { return says("ls /tmp /run | grep -v :"); }).find("exit") != 0);
    CHECK(in_lab(plain, [] { return says("ls -A /tmp | wc -l; ls -A /run | wc -l"); }) == "0\n0");
    CHECK(in_lab(plain, [] {
              return says("echo x >/dev/null && test -c /dev/urandom && "
                          "ls /dev | grep -c -e vda -e sda -e mem -e kmsg");
          }).find("0 ") == 0);
}

TEST_CASE("a lab's root has the top-level directories that its nodes need") {
    const LabRoot root{"", {"/netlab-data", "/usr", "/srv"}};
    CHECK(in_lab(root, [] { return says("ls -A /netlab-data | wc -l; test -d /usr/bin"); }) == "0");
    CHECK_FALSE(std::filesystem::exists("/netlab-data"));
}

TEST_CASE("the mounts of a lab's root are in its own mount namespace only") {
    const auto count = [] { return says("wc -l </proc/self/mountinfo"); };
    const auto before = count();
    in_lab(plain, [] { return std::string{}; });
    CHECK(count() == before);
}

} // namespace netlab::test
