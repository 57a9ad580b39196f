#pragma once

#include "cli/options.h"

#include <chrono>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace netlab {

/// What the words after `netlab logs`, `ps`, `stop`, `start`, `restart`, `pause`, `resume` and
/// `top` say.
struct ServiceChoice {
    LogsOptions logs;
    std::string since;
    PsOptions ps;
    RunOptions change;
    std::string timeout;
    PauseOptions pause;
    TopOptions top;
    std::function<int()> run;
};

/// Adds these commands. `choice` outlives `app`; its `run` is set when one of them was chosen.
void add_services(CLI::App& app, ServiceChoice& choice);

/// What `--timeout` says of services, 0s to 1h. Throws InputError.
std::chrono::milliseconds read_timeout(const std::string& text);

} // namespace netlab
