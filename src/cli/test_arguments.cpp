#include "cli/test_arguments.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"

#include <CLI/CLI.hpp>

namespace netlab {

namespace {

void add_timeout(CLI::App& command, TestChoice& choice) {
    command
        .add_option("--timeout", choice.timeout,
                    "how long all set-up commands (`exec` in the topology) may take; 120s unless "
                    "said")
        ->type_name("DURATION");
}

void add_run(CLI::App& app, TestChoice& choice) {
    auto& command = *app.add_subcommand("run", "start a lab, run a command beside it, end the lab");
    auto& options = choice.run_command;
    command.add_option("FILE", options.file, "the topology: .json, .yaml or .yml")
        ->required()
        ->type_name("");
    command
        .add_option("COMMAND", options.command,
                    "a command of the host's and its arguments, behind --")
        ->required()
        ->type_name("");
    command
        .add_option("-l,--lab", options.lab,
                    "call the lab NAME; else it has the file's name, or one like it that is free")
        ->type_name("NAME")
        ->each(refuse_empty_lab);
    add_timeout(command, choice);
    command.footer("\nThe command runs on the host, in the directory and with the terminal that "
                   "netlab has, when the lab is\nready. NETLAB_LAB names the lab, so that netlab's "
                   "commands in it need no -l. Its exit code is passed\non, and nothing of the lab "
                   "is left, whatever ends it.\n\n"
                   "  netlab run lab.json -- make check\n"
                   "  netlab run lab.json -- sh -c 'netlab exec h1 ping -c1 h2'");
    command.callback([&choice] {
        if (!choice.timeout.empty()) {
            choice.run_command.timeout = read_set_up_timeout(choice.timeout);
        }
        choice.run = [&choice] { return run_command_beside(choice.run_command); };
    });
}

constexpr std::size_t most_runs = 1'000'000;
constexpr std::size_t most_parallel = 256;

void add_runs(CLI::App& command, TestOptions& options) {
    command
        .add_option("--times", options.times, "run it so many times; the seed grows by one each")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, most_runs));
    command.add_option("--parallel", options.parallel, "so many runs at once")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, most_parallel));
    command.add_option("--seed", options.seed, "of all choices, instead of the file's")
        ->type_name("N");
}

void add_parameters(CLI::App& command, TestOptions& options) {
    command
        .add_option("--set", options.set,
                    "value of a parameter of the scenario, instead of the file's; again for more")
        ->type_name("NAME=VALUE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_test_command(CLI::App& app, TestChoice& choice) {
    auto& command = *app.add_subcommand("test", "run a scenario: steps on a lab, with a verdict");
    auto& options = choice.test;
    command
        .add_option("FILE", options.file,
                    "the scenario: .json, .yaml or .yml; or the events.jsonl of a run, to run it "
                    "again")
        ->required()
        ->type_name("");
    add_runs(command, options);
    add_parameters(command, options);
    command.add_flag("--keep", options.keep,
                     "leave the lab running; with --times those of runs that failed");
    command
        .add_option("--output", options.output,
                    "folder for what a run leaves; netlab-runs/SCENARIO-TIME unless said")
        ->type_name("DIR");
    command.add_option("--junit", options.junit, "write a report in JUnit's XML to FILE")
        ->type_name("FILE");
    auto* tap = command.add_flag("--tap", options.tap, "print TAP");
    command.add_flag("--json", options.json, "print JSON")->excludes(tap);
    add_timeout(command, choice);
    command.footer(
        "\nExit code 0: all was as expected; 1: something was not, or could not be done; "
        "2: a mistake in the scenario\nor in its topology, found before anything "
        "starts; 3: the lab could not be made.\n\n"
        "  netlab test topologies/scenarios/blackout.yaml\n"
        "  netlab test exam.yaml --times 20 --parallel 4 --junit out.xml");
    command.callback([&choice] {
        if (!choice.timeout.empty()) {
            choice.test.timeout = read_set_up_timeout(choice.timeout);
        }
        choice.run = [&choice] { return run_test(choice.test); };
    });
}

} // namespace

std::chrono::seconds read_set_up_timeout(const std::string& text) {
    const auto timeout = parse_duration(text);
    if (!timeout || *timeout < std::chrono::seconds{1}) {
        throw InputError{"--timeout " + quoted(text) + " is not a duration of at least 1s",
                         "write 30s or 5m"};
    }
    return std::chrono::duration_cast<std::chrono::seconds>(*timeout);
}

void add_test(CLI::App& app, TestChoice& choice) {
    add_run(app, choice);
    add_test_command(app, choice);
}

} // namespace netlab
