#include "support/catch.h"
#include "support/lab_under_test.h"

#include <fmt/format.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

/// netlab in a shell, so that redirections can be had.
Ended in_shell(const Workshop& workshop, const std::string& line) {
    auto setting = workshop.setting();
    setting.env["NETLAB"] = Workshop::words({}).front();
    return run({"sh", "-c", line}, setting);
}

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("a lab is the same when up is run with stdin, stdout or stderr closed") {
    const Workshop workshop;
    const auto file = workshop.write("a.json", pair).string();
    for (const std::string closed : {"<&-", ">&-", "2>&-", "<&- >&- 2>&-"}) {
        const auto name = Workshop::lab_name();
        INFO(closed);
        const auto up =
            in_shell(workshop, fmt::format("$NETLAB up -l {} {} {}", name, file, closed));
        INFO(up.err);
        CHECK(up.code == 0);
        CHECK(workshop.netlab({"ls", "--names"}).out == name + "\n");
        CHECK(workshop.netlab({"exec", "-l", name, "h1", "true"}).code == 0);
        CHECK(content_of(workshop.state_of(name) / "log").find("is up") != std::string::npos);
        CHECK(workshop.netlab({"down", name}).code == 0);
        CHECK(workshop.left_of(name) == "");
    }
}

// h1:eth0 --- eth0:h2
TEST_CASE("output that cannot be written is an error, and up keeps the lab all the same") {
    const Workshop workshop;
    const auto file = workshop.write("a.json", pair).string();
    const auto name = Workshop::lab_name();
    const auto up = in_shell(workshop, fmt::format("$NETLAB up -l {} {} >/dev/full", name, file));
    CHECK(up.code == 1);
    CHECK(up.err == "note: lab " + name + " is up, though that cannot be shown\n" +
                        "error: cannot write the output: No space left on device\n");
    for (const std::string words : {"ls", "ls --json", "inspect", "exec --json h1 true",
                                    "check a.json", "--help", "--version", "help up"}) {
        INFO(words);
        const auto full = in_shell(workshop, "$NETLAB " + words + " >/dev/full");
        CHECK(full.code == 1);
        CHECK(full.err == "error: cannot write the output: No space left on device\n");
    }
    CHECK(in_shell(workshop, "$NETLAB nonsense 2>/dev/full").code == 2);
    // A reader that has gone is no news.
    CHECK(in_shell(workshop,
                   "trap '' PIPE; "
                   "{ while echo; do :; done 2>/dev/null; $NETLAB ls; echo $? >&2; } | true")
              .err == "1\n");
    CHECK(workshop.netlab({"exec", "-l", name, "h1", "true"}).code == 0);
    CHECK(in_shell(workshop, "$NETLAB down --all >/dev/full").code == 1);
    CHECK(workshop.left_of(name) == "");
}

} // namespace netlab::test
