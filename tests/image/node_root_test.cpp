#include "image/layers.h"
#include "other_root.h"
#include "support/catch.h"
#include "sys/mounts.h"

#include <filesystem>

namespace netlab::test {

namespace {

const LabRoot lab_with_top{"127.0.0.1 localhost\n10.0.1.1 h1\n", {"/netlab-top"}};

NodeRoot node_root() {
    NodeRoot root;
    root.hostname = "h1";
    return root;
}

} // namespace

TEST_CASE("a node has its own /proc, /sys, /dev/pts, /tmp, /run and host name file") {
    CHECK(in_node(lab_with_top, node_root(), [] {
              mount_layers(); // as the first does that runs something in it
              return says(
                  "cat /etc/hostname /etc/hosts; ls /sys/class/net; ls /dev/pts; "
                  "readlink /proc/self/ns/pid | cut -d: -f1; touch /tmp/x /run/x /dev/shm/x");
          }) == "h1\n127.0.0.1 localhost\n10.0.1.1 h1\nlo\nptmx\npid");
}

TEST_CASE("files are put over existing ones, into new directories and on new top-level ones") {
    auto root = node_root();
    root.files = {{"/etc/debian_version", "mine\n"},
                  {"/etc/netlab/deep/x", "deep\n"},
                  {"/netlab-top/y", "top\n"},
                  {"/opt/netlab-run", "#!/bin/sh\necho ran\n"}};
    CHECK(in_node(lab_with_top, root, [] {
              return says("cat /etc/debian_version /etc/netlab/deep/x /netlab-top/y; "
                          "/opt/netlab-run; cat /etc/hostname");
          }) == "mine\ndeep\ntop\nran\nh1");
}

TEST_CASE("a directory becomes writable in a layer of the node's own, and keeps its mounts") {
    auto root = node_root();
    root.private_directories = {"/etc/netlab-private", "/var/lib/netlab/in"};
    root.files = {{"/etc/netlab-private/f", "f\n"}};
    CHECK(in_node(lab_with_top, root, [] {
              return says("cat /etc/netlab-private/f; touch /etc/new /var/lib/netlab/in/new; "
                          "grep -c h1 /etc/hosts; grep -c root: /etc/passwd; ls /etc/new");
          }) == "f\n1\n1\n/etc/new");
    CHECK_FALSE(std::filesystem::exists("/etc/new"));
}

TEST_CASE("a directory with a mount of the host's below it can be added to, and shows that mount") {
    auto root = node_root();
    root.private_directories = {"/usr/netlab-private"};
    root.files = {{"/usr/netlab-private/f", "f\n"}};
    const auto before = [] { mount_new("tmpfs", "/usr/share", 0); };
    CHECK(in_node(
              lab_with_top, root,
              [] {
                  return says(
                      "cat /usr/netlab-private/f; ls -A /usr/share | wc -l; ls -d /usr/bin");
              },
              before) == "f\n0\n/usr/bin");
}

TEST_CASE("a place that is a file where a directory is wanted, or the other way, is an error") {
    auto root = node_root();
    root.private_directories = {"/etc/passwd"};
    CHECK(in_node(lab_with_top, root, [] {
              return std::string{"it worked"};
          }).find("/etc/passwd") != std::string::npos);
    root = node_root();
    root.files = {{"/usr/bin", "x"}};
    CHECK(in_node(lab_with_top, root, [] { return std::string{"it worked"}; }) != "it worked");
}

TEST_CASE("paths with blanks, colons, commas and backslashes are as good as others") {
    auto root = node_root();
    root.files = {{"/etc/netlab a,b:c\\d/x y", "odd\n"}, {"/etc/netlab a,b:c\\d/z", "too\n"}};
    CHECK(in_node(lab_with_top, root, [] { return says("cat /etc/netlab*/*"); }) == "odd\ntoo");
}

} // namespace netlab::test
