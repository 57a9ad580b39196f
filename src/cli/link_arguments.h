#pragma once

#include "cli/options.h"

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace netlab {

/// What the words after `netlab link` say.
struct LinkChoice {
    LinkOptions options;
    std::string time;
    std::function<int()> run;
};

/// Adds `link` and its commands. `choice` outlives `app`; its `run` is set when one of them was
/// chosen.
void add_link(CLI::App& app, LinkChoice& choice);

} // namespace netlab
