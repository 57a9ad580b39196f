#include "support/catch.h"
#include "support/lab_under_test.h"

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

TEST_CASE("where the host has no namespaces left, up says which limit, and leaves nothing") {
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
        CHECK(ended.err.find("the host's limit on namespaces is reached") != std::string::npos);
        CHECK(ended.err.find("row.json") != std::string::npos);
        CHECK(workshop.left_of(name) == "");
    }
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

} // namespace netlab::test
