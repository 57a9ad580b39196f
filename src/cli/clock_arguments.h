#pragma once

#include "cli/options.h"

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace netlab {

/// What the words after `netlab clock` say; `run` is set if they are what was asked for.
struct ClockChoice {
    ClockOptions options;
    std::vector<std::string> words; ///< nodes, and how far to jump
    std::string drift;
    std::function<int()> run;
};

void add_clock(CLI::App& app, ClockChoice& choice);

} // namespace netlab
