#include "support/catch.h"
#include "support/lab_under_test.h"

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

/// Runs a line of shell on a terminal of its own (script(1)), with $EXEC for `netlab exec` on this
/// lab.
Ended on_terminal(const LabUnderTest& lab, const std::string& line, const std::string& input = {}) {
    auto setting = lab.workshop().setting();
    setting.env["EXEC"] = Workshop::words({}).front() + " exec -l " + lab.name();
    setting.env["TERM"] = "xterm";
    setting.env["SHELL"] = "/bin/sh";
    setting.input = input;
    auto ended = run({"script", "-qec", line, "/dev/null"}, setting);
    // script(1) tells its own end of input to the terminal, which may echo it.
    for (auto at = ended.out.find("^@"); at != std::string::npos; at = ended.out.find("^@")) {
        ended.out.erase(at, 2);
    }
    return ended;
}

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("on a terminal a command has a terminal of its node's own, which programs can open") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(on_terminal(lab, "$EXEC h1 tty").out == "/dev/pts/0\r\n");
    CHECK(on_terminal(lab, "$EXEC h1 -- sh -c 'echo x >/dev/tty; test -t 0 && test -t 2'").out ==
          "x\r\n");
    CHECK(on_terminal(lab, "$EXEC h1 -- sh -c 'echo $TERM'").out == "xterm\r\n");
    CHECK(on_terminal(lab, "$EXEC h1 -- sh -c 'exit 42'").code == 42);
    CHECK(lab.exec("h1", {"tty"}).code == 1); // no terminal here, so none there
}

// h1:eth0 --- eth0:h2
TEST_CASE("a shell on a terminal has job control and the size of the caller's terminal") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(on_terminal(lab, "stty rows 33 cols 101; $EXEC h1 stty size").out == "33 101\r\n");
    const auto shell =
        on_terminal(lab, "$EXEC h1 -- bash --norc -ic 'sleep 5 & jobs; kill %1; wait; echo done'");
    INFO(shell.out);
    CHECK(shell.out.find("no job control") == std::string::npos);
    CHECK(shell.out.find("done") != std::string::npos);
}

// h1:eth0 --- eth0:h2
TEST_CASE("an interrupt character on the terminal stops the command in the node") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto ended = on_terminal(lab, "(sleep 1; printf '\\003'; sleep 5) | "
                                        "script -qec \"$EXEC h1 sleep 60\" /dev/null");
    CHECK(ended.code == 130);
}

// h1:eth0 --- eth0:h2
TEST_CASE("script and tmux find a real terminal in a node") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    CHECK(lab.says("h1", "script -qec 'tty' /dev/null </dev/null | tr -d '\\r'") == "/dev/pts/0");
    const auto tmux = lab.sh("h1", "tmux -L t new-session -d 'tty >/tmp/tty; sleep 60' && "
                                   "for i in $(seq 200); do test -s /tmp/tty && break; "
                                   "sleep 0.1; done; cat /tmp/tty; tmux -L t ls | wc -l; "
                                   "tmux -L t kill-server");
    INFO(tmux.err);
    CHECK(tmux.code == 0);
    CHECK(tmux.out == "/dev/pts/0\n1\n");
}

// h1:eth0 --- eth0:h2
TEST_CASE("colour and progress are for terminals, and NO_COLOR turns colour off") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, pair};
    const auto netlab = Workshop::words({}).front();
    CHECK(on_terminal(lab, netlab + " ls").out.find('\x1b') != std::string::npos);
    CHECK(on_terminal(lab, "NO_COLOR=1 " + netlab + " ls").out.find('\x1b') == std::string::npos);
    CHECK(on_terminal(lab, netlab + " nonsense").out.find("\x1b[1;31merror:") != std::string::npos);
    CHECK(workshop.netlab({"ls"}).out.find('\x1b') == std::string::npos);
    const auto file = workshop.write("other.json", pair);
    const auto other = Workshop::lab_name();
    const auto up =
        on_terminal(lab, "TERM=dumb " + netlab + " up -l " + other + " " + file.string());
    CHECK(up.code == 0);
    CHECK(up.out.find('\x1b') == std::string::npos);
    CHECK(workshop.netlab({"down", other}).code == 0);
}

} // namespace netlab::test
