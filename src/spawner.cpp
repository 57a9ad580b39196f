#include "node/brood.h"
#include "sys/process.h"

#include <cstdlib>
#include <exception>
#include <string>

#include <fmt/format.h>
#include <sys/prctl.h>

// The process that clones nodes, in which their PID 1s go on: a program of its own because each of
// them pays for all that it is cloned from (docs/decisions/spawner.md). It is part of the other
// program, which starts it with the numbers of three open files: the brood, the gate, the pipe for
// reports.

namespace netlab {

namespace {

int start_nodes(char** argv) {
    Brood brood{UniqueFd{std::stoi(argv[1])}};
    try {
        StartGate gate{UniqueFd{std::stoi(argv[2])}};
        const UniqueFd reports{std::stoi(argv[3])};
        brood.raise(gate, reports, Parent::supervisor);
    } catch (const std::exception& error) {
        brood.fail(error.what());
        return 1;
    }
    return 0;
}

} // namespace

} // namespace netlab

int main(int argc, char** argv) {
    if (argc != 4) {
        return 2;
    }
    netlab::remember_arguments(argc, argv);
    ::prctl(PR_SET_NAME, "netlab: nodes"); // its file has no name
    try {
        return netlab::start_nodes(argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "cannot start nodes: {}\n", error.what()); // the lab's log
        return 1;
    }
}
