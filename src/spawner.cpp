#include "node/brood.h"
#include "sys/process.h"

#include <cstdlib>
#include <exception>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

// The process that clones nodes, in which their PID 1s go on: a program of its own because each of
// them pays for all that it is cloned from (docs/decisions/spawner.md). It is part of the other
// program, which starts it with the numbers of three open files: the brood, the gate, the pipe for
// reports.

int main(int argc, char** argv) {
    using namespace netlab;
    try {
        if (argc != 4) {
            return 2;
        }
        remember_arguments(argc, argv);
        Brood brood{UniqueFd{std::stoi(argv[1])}};
        StartGate gate{UniqueFd{std::stoi(argv[2])}};
        const UniqueFd reports{std::stoi(argv[3])};
        brood.raise(gate, reports, Parent::supervisor);
    } catch (const std::exception& error) {
        fmt::print(stderr, "cannot start nodes: {}\n", error.what()); // the lab's log
        return 1;
    }
    return 0;
}
