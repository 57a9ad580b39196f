#include "support/catch.h"
#include "support/lab_under_test.h"
#include "support/screen.h"

#include <algorithm>
#include <csignal>

namespace netlab::test {

namespace {

// 12 hosts in a row, the first with a service that prints
constexpr const char* row = R"({ "nodes": { "h[1-12]": {}, "talks": { "run": [{ "name": "chat",
    "command": "i=0; while :; do i=$((i+1)); printf \"line-$i \\033[2Jend\\n\"; sleep 0.2; done" }] } },
    "links": [["h[1-11]", "h[2-12]"], ["h12", "talks"]] })";

std::vector<std::string> words(const LabUnderTest& lab, std::vector<std::string> command) {
    command.insert(command.begin() + 1, {"-l", lab.name()});
    return Workshop::words(command);
}

std::map<std::string, std::string> terminal(const Workshop& workshop) {
    auto env = workshop.setting().env;
    env["TERM"] = "xterm";
    return env;
}

std::ptrdiff_t lines_of(const std::string& frame) {
    return std::ranges::count(frame, '\n') + 1;
}

/// Between the last two times that the terminal was told to begin at its first place.
std::string last_frame(const std::string& bytes) {
    const auto end = bytes.rfind("\x1b[H");
    const auto begin = bytes.rfind("\x1b[H", end - 1);
    return bytes.substr(begin, end - begin);
}

} // namespace

TEST_CASE("top has a terminal's other screen for itself, and gives the first one back") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, row};
    Screen screen{words(lab, {"top"}), terminal(workshop), 30, 100};
    CHECK(screen.shows("\x1b[?1049h"));
    CHECK(screen.shows("lab " + lab.name() + ": 13 nodes, 12 links"));
    CHECK(screen.shows("NODE"));
    CHECK(screen.shows("LINK"));
    CHECK(screen.shows("lab " + lab.name())); // once more
    CHECK_FALSE(screen.is_cooked());
    screen.type("q");
    CHECK(screen.end() == 0);
    CHECK(screen.is_cooked());
    CHECK(screen.bytes().ends_with("\x1b[?7h\x1b[?25h\x1b[?1049l"));
}

TEST_CASE("top fills no more lines than the terminal has, also when that becomes smaller") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, row};
    Screen screen{words(lab, {"top"}), terminal(workshop), 20, 40};
    CHECK(screen.shows("lab " + lab.name()));
    CHECK(screen.shows("\x1b[H"));
    CHECK(screen.shows("\x1b[H"));
    CHECK(lines_of(last_frame(screen.bytes())) <= 20);
    CHECK(screen.bytes().find("\x1b[?7l") != std::string::npos); // what is too long is cut
    screen.resize(9, 40);
    for (int i = 0; i < 4; ++i) {
        CHECK(screen.shows("\x1b[H"));
    }
    CHECK(lines_of(last_frame(screen.bytes())) <= 9);
    screen.type("\x03");
    CHECK(screen.end() == 0);
    CHECK(screen.is_cooked());
}

TEST_CASE(
    "top gives the terminal back while it is stopped, when it is killed and when the lab ends") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, row};
    {
        Screen screen{words(lab, {"top"}), terminal(workshop), 24, 80};
        CHECK(screen.shows("NODE"));
        // The only process of a session cannot be stopped by the terminal: nobody would go on with
        // it.
        screen.signal(SIGTSTP);
        CHECK(screen.stops());
        CHECK(screen.is_cooked());
        CHECK(screen.bytes().ends_with("\x1b[?1049l"));
        screen.signal(SIGCONT);
        CHECK(screen.shows("\x1b[?1049h"));
        CHECK(screen.shows("NODE"));
        screen.signal(SIGTERM);
        CHECK(screen.end() == 0);
        CHECK(screen.is_cooked());
    }
    const auto other = Workshop::lab_name();
    REQUIRE(workshop.netlab({"up", "-l", other, workshop.write("row.json", row).string()}).code ==
            0);
    Screen screen{Workshop::words({"top", "-l", other}), terminal(workshop), 24, 80};
    CHECK(screen.shows("NODE"));
    REQUIRE(workshop.netlab({"down", other}).code == 0);
    CHECK(screen.end() == 1);
    CHECK(screen.is_cooked());
    const auto left = screen.bytes().find("\x1b[?1049l");
    REQUIRE(left != std::string::npos);
    CHECK(screen.bytes().find("error:", left) != std::string::npos);
}

TEST_CASE("logs -f shows lines on a terminal as they come, and nothing in them steers it") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, row};
    Screen screen{words(lab, {"logs", "-f", "talks"}), terminal(workshop), 24, 80};
    CHECK(screen.shows("started, pid"));
    CHECK(screen.shows("line-1 "));
    CHECK(screen.shows("line-2 "));
    CHECK(screen.shows("line-3 "));
    CHECK(screen.bytes().find("\x1b[2J") == std::string::npos);
    screen.type("\x03");
    CHECK(screen.end() == 130);
    CHECK(screen.is_cooked());
}

} // namespace netlab::test
