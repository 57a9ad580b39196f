#pragma once

#include "cli/options.h"

#include <chrono>
#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace netlab {

/// What the words after `netlab run` and `netlab test` say.
struct TestChoice {
    RunCommandOptions run_command;
    TestOptions test;
    std::string timeout;
    std::function<int()> run;
};

/// Adds `run` and `test`. `choice` outlives `app`; its `run` is set when one of them was chosen.
void add_test(CLI::App& app, TestChoice& choice);

/// `--timeout` of commands that start labs. Throws InputError.
std::chrono::seconds read_set_up_timeout(const std::string& text);

} // namespace netlab
