#include "support/catch.h"
#include "support/lab_under_test.h"

#include <filesystem>

#include <fmt/format.h>

namespace netlab::test {

namespace {

std::string row_of(int nodes) {
    return fmt::format(R"({{ "nodes": {{ "h[1-{0}]": {{}} }},
        "links": [["h[1-{1}]", "h[2-{0}]"]] }})",
                       nodes, nodes - 1);
}

/// Runs `script` with $NETLAB, and $FILE a lab of that many nodes.
Ended with_shell(const Workshop& workshop, const std::string& name, int nodes,
                 const std::string& script) {
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    setting.env["FILE"] = workshop.write("row.json", row_of(nodes));
    setting.env["LAB"] = name;
    return run({"sh", "-c", script}, setting);
}

} // namespace

TEST_CASE("64 open files are enough for a lab of many nodes, and for a command in all of them",
          "[size]") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto ended = with_shell(workshop, name, 70,
                                  "ulimit -n 64 && $NETLAB up -l $LAB $FILE >/dev/null && "
                                  "$NETLAB exec -l $LAB all -- true && "
                                  "$NETLAB inspect -l $LAB >/dev/null && $NETLAB down $LAB");
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a lab that would pass a limit on namespaces is refused before anything is made") {
    const Workshop workshop;
    for (const std::string kind : {"net", "user"}) {
        const auto name = Workshop::lab_name();
        // In a user namespace of its own the limit can be set, and goes with it.
        const auto ended = with_shell(
            workshop, name, 20,
            fmt::format("exec unshare -Ur sh -c 'echo 8 >/proc/sys/user/max_{}_namespaces && "
                        "exec $NETLAB up -l $LAB $FILE'",
                        kind));
        INFO(kind << "\n" << ended.out << ended.err);
        CHECK(ended.code == 1);
        CHECK(ended.out.empty());
        CHECK(ended.err.find("too large for this host: it needs 21 namespaces of each kind, and "
                             "user.max_" +
                             kind + "_namespaces allows 8") != std::string::npos);
        CHECK(ended.err.find("sysctl -w") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(workshop.state_of(name)));
    }
}

TEST_CASE(
    "where others have taken the host's last namespaces, up says which limit, leaves nothing") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto ended =
        with_shell(workshop, name, 20,
                   "exec unshare -Ur sh -c 'echo 25 >/proc/sys/user/max_net_namespaces && "
                   "for i in 1 2 3 4 5 6 7 8 9; do unshare -n sleep 60 & done; sleep 0.5; "
                   "$NETLAB up -l $LAB $FILE; code=$?; kill $(jobs -p); exit $code'");
    INFO(ended.out << ended.err);
    CHECK(ended.code == 1);
    CHECK(ended.out.empty());
    CHECK(ended.err.find("the host's limit on namespaces is reached") != std::string::npos);
    CHECK(ended.err.find("row.json") != std::string::npos);
    CHECK(ended.err.find("netlab doctor") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a lab that would pass a limit on processes or open files is refused before it is made") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto processes =
        with_shell(workshop, name, 30, "exec prlimit --nproc=20 $NETLAB up -l $LAB $FILE");
    INFO(processes.err);
    CHECK(processes.code == 1);
    CHECK(processes.err.find("it needs 31 processes, and ulimit -u allows 20") !=
          std::string::npos);
    auto setting = workshop.setting();
    const auto file = workshop.write("served.json", R"({ "nodes": { "h[1-30]": {
        "run": [ "sleep 1000" ] } } })");
    const auto words = Workshop::words({"up", "-l", name, file});
    const auto files =
        run({"prlimit", "--nofile=64", words[0], words[1], words[2], words[3], words[4]}, setting);
    INFO(files.err);
    CHECK(files.code == 1);
    CHECK(files.err.find("it needs 92 open files in one process, and ulimit -Hn allows 64") !=
          std::string::npos);
    CHECK_FALSE(std::filesystem::exists(workshop.state_of(name)));
}

TEST_CASE("where user namespaces are forbidden altogether, up names the switch") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto ended = with_shell(workshop, name, 2,
                                  "exec unshare -Ur sh -c 'echo 0 "
                                  ">/proc/sys/user/max_user_namespaces && "
                                  "exec $NETLAB up -l $LAB $FILE'");
    CHECK(ended.code == 1);
    CHECK(ended.err.find("user.max_user_namespaces") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("a full state folder fails the start and leaves nothing") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto ended =
        with_shell(workshop, name, 20,
                   "exec unshare -Urm sh -c 'mkdir -p $NETLAB_STATE_DIR && "
                   "mount -t tmpfs -o size=4k,mode=0700 none $NETLAB_STATE_DIR && "
                   "$NETLAB up -l $LAB $FILE; code=$?; ls -A $NETLAB_STATE_DIR >&2; exit $code'");
    INFO(ended.err);
    CHECK(ended.code == 1);
    CHECK(ended.err.find("No space left on device") != std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("where there is room for all nodes, but not for who clones them, too, all come up") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    // Of one process the tenth clone3(2) and all behind it fail: 6 nodes are left to the
    // supervisor.
    const auto ended = with_shell(workshop, name, 15,
                                  "strace -D -f -qq -o /dev/null --seccomp-bpf "
                                  "-e inject=clone3:error=EAGAIN:when=10+ "
                                  "$NETLAB up -l $LAB $FILE >/dev/null && "
                                  "$NETLAB exec -l $LAB h15 -- hostname && "
                                  "$NETLAB down $LAB");
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(workshop.left_of(name) == "");
}

TEST_CASE("where the kernel runs no program from memory, the supervisor's own forks clone nodes") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto ended =
        with_shell(workshop, name, 70,
                   "strace -D -f -qq -o /dev/null --seccomp-bpf -e inject=execveat:error=EACCES "
                   "$NETLAB up -l $LAB $FILE >/dev/null && "
                   "$NETLAB exec -l $LAB h1 -- ping -c1 -W5 h2 >/dev/null && "
                   "$NETLAB exec -l $LAB h70 -- readlink /proc/1/exe && $NETLAB down $LAB");
    INFO(ended.out << ended.err);
    CHECK(ended.code == 0);
    CHECK(ended.out.find("netlab-node") == std::string::npos);
    CHECK(workshop.left_of(name) == "");
}

} // namespace netlab::test
