#include "lessons/expectation.h"
#include "lessons/page.h"
#include "lessons/page_run.h"
#include "support/catch.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

using namespace netlab;

namespace {

const std::filesystem::path source = NETLAB_SOURCE_DIR;

std::string text_of(const std::filesystem::path& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += line + '\n';
    }
    return text;
}

void check_page(const std::string& page) {
    const auto steps = read_steps(text_of(source / page));
    REQUIRE_FALSE(steps.empty());
    PageRun run;
    const auto outputs = split_output(run.run(steps), steps.size());
    Names names;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        INFO(page << ":" << steps[i].line << ": " << steps[i].command);
        INFO("the page says:\n" << joined(steps[i].expected));
        INFO("it printed:\n" << joined(outputs[i]));
        CHECK(matches(steps[i].expected, outputs[i], names));
    }
    CHECK(outputs.size() == steps.size()); // else its time was over, or it ended its own shell
    CHECK(run.running_labs().empty());
}

} // namespace

TEST_CASE("every command of README.md prints what the page says") {
    check_page("README.md");
}

TEST_CASE("every command of docs/commands.md prints what the page says") {
    check_page("docs/commands.md");
}

TEST_CASE("every command of the lessons' first page prints what the page says") {
    check_page("docs/lessons/README.md");
}

TEST_CASE("every command of the UTS lesson prints what the page says") {
    check_page("docs/lessons/uts.md");
}

TEST_CASE("every command of the IPC lesson prints what the page says") {
    check_page("docs/lessons/ipc.md");
}

TEST_CASE("every command of the PID lesson prints what the page says") {
    check_page("docs/lessons/pid.md");
}

TEST_CASE("every command of the mount lesson prints what the page says") {
    check_page("docs/lessons/mount.md");
}

TEST_CASE("every command of the user lesson prints what the page says") {
    check_page("docs/lessons/user.md");
}

TEST_CASE("every command of the network lesson prints what the page says") {
    check_page("docs/lessons/network.md");
}

TEST_CASE("every command of the lesson on delay and bandwidth prints what the page says") {
    check_page("docs/lessons/delay-and-bandwidth.md");
}

TEST_CASE("every command of the lesson on loss and TCP prints what the page says") {
    check_page("docs/lessons/loss-and-tcp.md");
}

TEST_CASE("every command of the lesson on a full queue prints what the page says") {
    check_page("docs/lessons/full-queue.md");
}

TEST_CASE("there is no lesson beside those that are tested here") {
    const std::set<std::string> tested{
        "README.md",       "uts.md",        "ipc.md",   "pid.md",  "delay-and-bandwidth.md",
        "loss-and-tcp.md", "full-queue.md", "mount.md", "user.md", "network.md"};
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator{source / "docs/lessons"}) {
        found.insert(entry.path().filename().string());
    }
    CHECK(found == tested);
}
