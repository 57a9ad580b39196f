#include "cli/run_many.h"
#include "cli/run_many_lines.h"
#include "join_stand_in.h"
#include "support/catch.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

namespace netlab::test {

namespace {

/// The same stand-in, under the names n0, n1, …
std::vector<JoinRequest> requests_to(const StandIn& node, std::size_t count,
                                     const std::string& command) {
    std::vector<JoinRequest> requests(count, node.shell(command));
    for (std::size_t i = 0; i < count; ++i) {
        requests[i].node_name = "n" + std::to_string(i);
        requests[i].env["NUMBER"] = std::to_string(i);
    }
    return requests;
}

struct Shown {
    int code = -1;
    std::string out;
    std::string err;
};

/// What run_in_nodes shows, and the overall exit code.
Shown shown_by(const std::vector<JoinRequest>& requests, const RunManyOptions& options) {
    TestPipe out;
    TestPipe err;
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(out.to.get(), 1);
        ::dup2(err.to.get(), 2);
        std::_Exit(overall_exit_code(run_in_nodes(requests, options)));
    }
    Child client{pid};
    out.to.reset();
    err.to.reset();
    Shown shown;
    shown.out = read_until(out.from.get());
    shown.err = read_until(err.from.get());
    shown.code = client.wait();
    return shown;
}

std::string lines_of(std::initializer_list<std::string_view> pieces, bool printable = false) {
    PrefixedLines lines{"> ", printable};
    std::string out;
    for (const auto piece : pieces) {
        lines.add(piece, out);
    }
    lines.finish(out);
    return out;
}

} // namespace

TEST_CASE("lines are given out whole, each with its prefix, the last one completed") {
    CHECK(lines_of({}).empty());
    CHECK(lines_of({"one\ntwo\n"}) == "> one\n> two\n");
    CHECK(lines_of({"o", "ne\nt", "wo"}) == "> one\n> two\n");
    CHECK(lines_of({"\n", "\n"}) == "> \n> \n");
    CHECK(lines_of({std::string_view{"a\0b\n", 4}}) == std::string("> a\0b\n", 6));
}

TEST_CASE("a line of more than 64 KiB is given out in pieces") {
    const std::string piece(1UL << 16U, 'x');
    CHECK(lines_of({piece + "\n"}) == "> " + piece + "\n");
    CHECK(lines_of({piece, "\n"}) == "> " + piece + "\n");
    CHECK(lines_of({piece + "y\n"}) == "> " + piece + "\n> y\n");
    CHECK(lines_of({piece, piece, "y"}) == "> " + piece + "\n> " + piece + "\n> y\n");
}

TEST_CASE("what could steer a terminal is shown, colours pass and end with their line") {
    CHECK(printable_line("tab\tand \xc3\xa4") == "tab\tand \xc3\xa4");
    CHECK(printable_line("\x1b[1;31mred\x1b[0m") == "\x1b[1;31mred\x1b[0m\x1b[0m");
    CHECK(printable_line("\x1b[2J\x1b]0;title\x07") == "^[[2J^[]0;title^G");
    CHECK(printable_line("\x1b[31") == "^[[31");
    CHECK(printable_line("50%\r100%\r") == "50%^M100%");
    CHECK(printable_line(std::string_view{"\0\x7f", 2}) == "^@^?");
    CHECK(printable_line("\x9b\xc2\x9b\xff\xc3") == "\\x9b\\u009b\\xff\\xc3");
    CHECK(printable_line("\xe2\x80\xae\xed\xa0\x80") == "\\u202e\\xed\\xa0\\x80");
}

TEST_CASE("the same command runs in many nodes and every line says whose it is") {
    const StandIn node;
    auto requests = requests_to(node, 11, "echo out $NUMBER; echo err $NUMBER >&2; exit $NUMBER");
    const auto shown = shown_by(requests, {});
    CHECK(shown.code == 10);
    CHECK(shown.out.size() == std::string{"n10 | out 1\n"}.size() * 11 + 1);
    CHECK(shown.out.find("n7  | out 7\n") != std::string::npos);
    CHECK(shown.out.find("n10 | out 10\n") != std::string::npos);
    CHECK(shown.err.find("n3  | err 3\n") != std::string::npos);
    CHECK(shown.err.find("out") == std::string::npos);
}

TEST_CASE("at a terminal names are coloured, and controls are shown") {
    const StandIn node;
    RunManyOptions options;
    options.colour = true;
    options.out_is_terminal = true;
    const auto shown = shown_by(requests_to(node, 1, "printf '\\033c'; echo plain >&2"), options);
    CHECK(shown.out == "\x1b[36mn0\x1b[0m | ^[c\n");
    CHECK(shown.err == "n0 | plain\n");
}

TEST_CASE("a node in which the command is missing is told, the others go on") {
    const StandIn node;
    auto requests = requests_to(node, 2, "echo fine");
    requests[0].argv = {"no-such-command"};
    const auto shown = shown_by(requests, {});
    CHECK(shown.code == 127);
    CHECK(shown.out == "n1 | fine\n");
    CHECK(shown.err == "netlab: n0: no-such-command: not found\n");
}

TEST_CASE("commands in many nodes read nothing") {
    const StandIn node;
    CHECK(shown_by(requests_to(node, 1, "cat; readlink /proc/self/fd/0"), {}).out ==
          "n0 | /dev/null\n");
}

TEST_CASE("200 nodes at once, with output longer than a pipe, lose and mix nothing") {
    const StandIn node;
    RunManyOptions options;
    options.at_once = 200;
    const auto requests = requests_to(node, 200, "seq -f $NUMBER-%.0f 1 500");
    std::istringstream lines{shown_by(requests, options).out};
    std::vector<int> next(200, 1);
    std::size_t wrong = 0;
    for (std::string line; std::getline(lines, line);) {
        const auto number = std::stoul(line.substr(1));
        const auto bar = line.find("| ");
        wrong +=
            line.substr(bar + 2) != std::to_string(number) + "-" + std::to_string(next.at(number)++)
                ? 1
                : 0;
    }
    CHECK(wrong == 0);
    CHECK(next == std::vector<int>(200, 501));
}

TEST_CASE("output is collected for each node, up to a bound") {
    const StandIn node;
    RunManyOptions options;
    options.kept_bytes = 1000;
    auto requests = requests_to(node, 2, "printf out; printf err >&2; exit 3");
    requests[1] = node.shell("head -c 100000 /dev/zero");
    const auto results = collect_from_nodes(requests, options);
    CHECK(results[0].out == "out");
    CHECK(results[0].err == "err");
    CHECK(results[0].exit_code == 3);
    CHECK_FALSE(results[0].out_cut);
    CHECK(results[1].out.size() == 1000);
    CHECK(results[1].out_cut);
    CHECK(results[1].exit_code == 0);
    CHECK(overall_exit_code(results) == 3);
}

TEST_CASE("a daemon that holds a pipe open does not hold the others up") {
    const StandIn node;
    const auto results = collect_from_nodes(requests_to(node, 1, "sleep 50 & echo started"), {});
    CHECK(results[0].out == "started\n");
}

TEST_CASE("Ctrl-C ends all, also those that had not begun") {
    const StandIn node;
    auto requests = requests_to(node, 3, "");
    requests[0].argv = requests[1].argv = requests[2].argv = {"sleep", "100"};
    const pid_t pid = ::fork();
    if (pid == 0) {
        ::dup2(::open("/dev/null", O_WRONLY), 2);
        RunManyOptions options;
        options.at_once = 2;
        const auto results = run_in_nodes(requests, options);
        const bool all = results[0].exit_code == 130 && results[1].exit_code == 130 &&
                         results[2].error == "n2: interrupted before it started";
        std::_Exit(all ? overall_exit_code(results) : 1);
    }
    Child client{pid};
    while (outcome_of(node.shell("grep -l sleep /proc/[0-9]*/comm | wc -l")).output != "2\n") {
    }
    ::kill(client.pid(), SIGINT);
    CHECK(client.wait() == 130);
}

} // namespace netlab::test
