#pragma once

#include "cli/options.h"

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace netlab {

/// What the words after `netlab ping` say.
struct PingChoice {
    PingOptions options;
    std::vector<std::string> nodes; ///< FROM and TO
    bool all = false;
    bool only_ipv4 = false;
    bool only_ipv6 = false;
    std::string timeout;
    std::function<int()> run;
};

/// Adds `ping`. `choice` outlives `app`; its `run` is set when the command was chosen.
void add_ping(CLI::App& app, PingChoice& choice);

} // namespace netlab
