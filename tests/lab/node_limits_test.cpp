#include "support/catch.h"
#include "support/lab_under_test.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

constexpr const char* limited = R"({ "nodes": {
    "h1": { "limits": { "cpu": 0.5, "memory": "64MiB", "pids": 20 } },
    "h2": {} }, "links": [["h1", "h2"]] })";

/// The cgroups of netlab's that are below `directory`.
std::vector<std::string> groups_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator{directory}) {
        if (entry.path().filename().string().starts_with("netlab.")) {
            names.push_back(entry.path().filename());
        }
    }
    return names;
}

const fs::path cgroups = "/sys/fs/cgroup";

/// The directory of the limits of h1, in the only lab there is.
fs::path group_of_h1(const fs::path& directory) {
    const auto groups = groups_in(directory);
    REQUIRE(groups.size() == 1);
    return directory / groups.front() / "node-h1";
}

/// A cgroup that is delegated to an ordinary user.
class Delegation {
public:
    Delegation() {
        fs::create_directory(path_);
        const auto ended = run({"sh", "-c",
                                "echo '+cpu +memory +pids' >/sys/fs/cgroup/cgroup.subtree_control; "
                                "chown netlab-test " +
                                    path_.string() + " " + path_.string() + "/cgroup.procs " +
                                    path_.string() + "/cgroup.subtree_control"},
                               {});
        INFO(ended.err);
        REQUIRE(ended.code == 0);
    }
    ~Delegation() {
        ::rmdir((path_ / "callers").c_str());
        ::rmdir(path_.c_str());
    }
    Delegation(const Delegation&) = delete;
    Delegation& operator=(const Delegation&) = delete;

    const fs::path& path() const { return path_; }
    /// Runs netlab in the cgroup itself, or in one below it.
    Ended netlab(const Workshop& workshop, const std::string& below,
                 const std::string& words) const {
        auto setting = workshop.setting();
        setting.env["NETLAB"] = Workshop::words({}).front();
        setting.env["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        setting.env["NETLAB_STATE_DIR"] = "/tmp/netlab-delegated";
        setting.env["GROUP"] = path_.string() + below;
        return run({"sh", "-c",
                    "if mkdir $GROUP; then chown netlab-test $GROUP/cgroup.procs; fi 2>/dev/null; "
                    "echo $$ >$GROUP/cgroup.procs && exec setpriv --reuid=netlab-test "
                    "--regid=netlab-test --init-groups $NETLAB " +
                        words},
                   setting);
    }

private:
    fs::path path_ = cgroups / "netlab-test-delegated";
};

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("limits that this host does not let its user set fail the start, with the cure") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto file = workshop.write("limited.json", limited);
    const auto up = workshop.netlab({"up", "--lab", name, file});
    if (up.code == 0) { // a host that does: then they hold
        CHECK(workshop.netlab({"exec", "--lab", name, "h1", "--", "true"}).code == 0);
        CHECK(workshop.netlab({"down", name}).code == 0);
    } else {
        INFO(up.err);
        CHECK(up.code == 2);
        CHECK(up.err.find("cannot limit node h1") != std::string::npos);
        CHECK(up.err.find("limited.json:2:23: while limiting this node") != std::string::npos);
        CHECK(up.err.find("hint: ") != std::string::npos);
    }
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("limits are in the plan that --dry-run prints") {
    const Workshop workshop;
    const auto file = workshop.write("limited.json", limited);
    CHECK(workshop.netlab({"up", "--dry-run", file}).out.find("64MiB") != std::string::npos);
    const auto plan =
        nlohmann::json::parse(workshop.netlab({"up", "--dry-run", "--json", file}).out);
    CHECK(plan["nodes"][0]["limits"] ==
          nlohmann::json{{"cpu", 0.5}, {"memory", 64 << 20}, {"pids", 20}});
    CHECK(plan["nodes"][1]["limits"].empty());
}

// What follows needs a cgroup v2 with controllers, and root: see scripts/second-kernel.

// h1:eth0 --- eth0:h2
TEST_CASE("a node's limits are set above what its root can write, and hold for commands too",
          "[.cgroup]") {
    const Workshop workshop;
    const auto before = groups_in(cgroups);
    {
        const LabUnderTest lab{workshop, limited};
        const auto group = group_of_h1(cgroups);
        CHECK(content_of(group / "cpu.max") == "50000 100000\n");
        CHECK(content_of(group / "memory.max") == "67108864\n");
        CHECK(content_of(group / "pids.max") == "21\n");
        CHECK(lab.says("h1", "cat /proc/self/cgroup") == "0::/");
        CHECK(lab.says("h1", "ls /sys/fs/cgroup/memory.max 2>/dev/null | wc -l") == "0");
        lab.sh("h1", "mkdir /tmp/c && mount -t cgroup2 none /tmp/c && ls /tmp/c/../node-h2; "
                     "echo max >/tmp/c/memory.max; echo max >/tmp/c/pids.max");
        CHECK(content_of(group / "memory.max") == "67108864\n");
        // 20 beside the node's init: the shell itself is one.
        CHECK(lab.sh("h1", "for i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2; do "
                           "sleep 20 & done; true")
                  .code != 0);
        CHECK(lab.sh("h2", "for i in 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2; do "
                           "sleep 1 & done; wait")
                  .code == 0);
        const auto inspected = nlohmann::json::parse(lab.netlab("inspect", {"--json"}).out);
        CHECK(inspected["nodes"][0]["limits"]["memory"] == 64 << 20);
    }
    CHECK(groups_in(cgroups) == before);
}

// h1:eth0 --- eth0:h2
TEST_CASE("a paused node does nothing until it is resumed, and ends with its lab", "[.cgroup]") {
    const Workshop workshop;
    const auto before = groups_in(cgroups);
    {
        const LabUnderTest lab{workshop, R"({ "nodes": { "h1": { "limits": { "pids": 50 },
            "run": ["while :; do date +%s%N >/tmp/now; sleep 0.1; done"] }, "h2": {} },
            "links": [["h1", "h2"]] })"};
        const auto log = [&] { return lab.netlab("ps", {"--json"}).out; };
        REQUIRE(lab.netlab("pause", {"h1"}).code == 0);
        const auto used = nlohmann::json::parse(log())[0]["cpu_seconds"];
        CHECK(lab.netlab("inspect").out.find("host (paused)") != std::string::npos);
        const auto exec = lab.exec("h1", {"true"});
        CHECK(exec.code == 1);
        CHECK(exec.err.find("netlab resume h1") != std::string::npos);
        CHECK(lab.netlab("stop", {"h1"}).code == 2);
        CHECK(lab.sh("h2", "ping -c1 -W9 h1").code == 0); // the kernel goes on
        CHECK(nlohmann::json::parse(log())[0]["cpu_seconds"] == used);
        REQUIRE(lab.netlab("resume", {"h1"}).code == 0);
        const auto then = lab.says("h1", "cat /tmp/now");
        CHECK(eventually([&] { return lab.sh("h1", "cat /tmp/now").out != then + "\n"; }));
        REQUIRE(lab.netlab("pause", {"h1"}).code == 0);
    }
    CHECK(groups_in(cgroups) == before);
}

// h1:eth0 --- eth0:h2
TEST_CASE("what eats all memory within its node's limit is ended, and the node and others go on",
          "[.cgroup]") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, limited};
    const auto ended = lab.exec("h1", {"python3", "-c", "x = bytearray(200 << 20)"});
    CHECK(ended.code == 128 + SIGKILL);
    CHECK(lab.says("h1", "echo there") == "there");
    CHECK(lab.says("h2", "echo there") == "there");
    // A file of a tmpfs counts as well.
    CHECK(lab.sh("h1", "head -c 200000000 /dev/zero >/tmp/big").code != 0);
    CHECK(lab.says("h2", "echo there") == "there");
}

// h1:eth0 --- eth0:h2
TEST_CASE("no cgroup is left when the supervisor is killed, or all of netlab's processes at once",
          "[.cgroup]") {
    const Workshop workshop;
    const auto before = groups_in(cgroups);
    const auto file = workshop.write("limited.json", limited);
    const auto name = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "--lab", name, file}).code == 0);
    ::kill(processes_of(name).front().pid, SIGKILL);
    CHECK(eventually([&] { return groups_in(cgroups) == before; }, std::chrono::seconds{60}));

    REQUIRE(workshop.netlab({"up", "--lab", name, file}).code == 0);
    for (const auto& sweeper : processes_called("netlab: cgroups of lab")) {
        ::kill(sweeper.pid, SIGKILL);
    }
    ::kill(processes_of(name).front().pid, SIGKILL);
    CHECK(eventually(
        [&] {
            workshop.netlab({"ls"}); // the next command finds what is left
            return groups_in(cgroups) == before;
        },
        std::chrono::seconds{60}));
}

TEST_CASE("an ordinary user limits nodes in a cgroup that is delegated to him", "[.cgroup]") {
    const Workshop workshop;
    const Delegation delegation;
    // One that fails goes back to where it was, so that there is room for another.
    const auto bad = workshop.write("bad.json", R"({ "nodes": { "h1": {
        "limits": { "pids": 20 }, "exec": ["false"] } } })");
    CHECK(delegation.netlab(workshop, "", "up -l bad " + bad.string()).code == 1);
    CHECK(groups_in(delegation.path()).empty());
    const auto file = workshop.write("limited.json", limited);
    const auto up = delegation.netlab(workshop, "", "up -l rootless " + file.string());
    INFO(up.out << up.err);
    REQUIRE(up.code == 0);
    const auto group = group_of_h1(delegation.path());
    CHECK(content_of(group / "memory.max") == "67108864\n");
    const auto raised =
        delegation.netlab(workshop, "/callers",
                          "exec -l rootless h1 -- sh -c \"mkdir /tmp/c; mount -t cgroup2 none "
                          "/tmp/c && echo max >/tmp/c/../memory.max; cat /proc/self/cgroup\"");
    INFO(raised.out << raised.err);
    CHECK(raised.out == "0::/\n");
    CHECK(content_of(group / "memory.max") == "67108864\n");
    const auto down = delegation.netlab(workshop, "/callers", "down rootless");
    INFO(down.err);
    CHECK(down.code == 0);
    CHECK(groups_in(delegation.path()).empty());
}

TEST_CASE("without a cgroup of his own, an ordinary user is told how to get one", "[.cgroup]") {
    const Workshop workshop;
    const auto file = workshop.write("limited.json", limited);
    auto setting = workshop.setting();
    setting.env["NETLAB_STATE_DIR"] = "/tmp/netlab-undelegated";
    setting.env["PATH"] = "/usr/local/bin:/usr/bin:/bin";
    const auto up = run({"setpriv", "--reuid=netlab-test", "--regid=netlab-test", "--init-groups",
                         Workshop::words({}).front(), "up", "-l", "rootless", file},
                        setting);
    CHECK(up.code == 2);
    CHECK(up.err.find("is not yours") != std::string::npos);
    CHECK(up.err.find("systemd-run --user --scope -p Delegate=yes netlab up") != std::string::npos);
}

TEST_CASE("a lab that would pass the pids.max of its cgroup is refused before it is made",
          "[.cgroup]") {
    const Workshop workshop;
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    setting.env["FILE"] = workshop.write("many.json", R"({ "nodes": { "h[1-40]": {} } })");
    const auto ended = run(
        {"sh", "-c",
         "group=/sys/fs/cgroup/small && mkdir $group && "
         "echo +pids >/sys/fs/cgroup/cgroup.subtree_control && echo 30 >$group/pids.max && "
         "sh -c 'echo $$ >/sys/fs/cgroup/small/cgroup.procs && exec $NETLAB up $FILE'; code=$?; "
         "rmdir $group; exit $code"},
        setting);
    INFO(ended.out << ended.err);
    CHECK(ended.code == 1);
    CHECK(ended.err.find("it needs 41 processes, and /sys/fs/cgroup/small/pids.max allows 30") !=
          std::string::npos);
}

} // namespace netlab::test
