#pragma once

#include "cli/options.h"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace netlab {

/// What the words after `netlab partition`, `heal` and `faults` say.
struct FaultChoice {
    FaultOptions options;
    std::function<int()> run;
};

/// Adds these commands. `choice` outlives `app`; its `run` is set when one of them was chosen.
void add_faults(CLI::App& app, FaultChoice& choice);

} // namespace netlab
