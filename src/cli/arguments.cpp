#include "cli/arguments.h"

#include "base/diagnostic.h"
#include "base/duration.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "cli/clock_arguments.h"
#include "cli/commands.h"
#include "cli/fault_arguments.h"
#include "cli/find_lab.h"
#include "cli/link_arguments.h"
#include "cli/output.h"
#include "cli/ping_arguments.h"
#include "cli/service_arguments.h"
#include "cli/test_arguments.h"

#include <clocale>
#include <span>
#include <sstream>

#include <CLI/CLI.hpp>

namespace netlab {

namespace {

constexpr const char* introduction =
    "netlab turns a topology file of nodes and links into a running network lab.\n"
    "Every node has its own hostname, processes, mounts, users and network stack; no root "
    "needed.\n";

constexpr const char* first_steps =
    "\nTo begin with:\n"
    "  netlab up topologies/campus.json    start a lab\n"
    "  netlab exec h1 ping -c1 srv         run a command in a node\n"
    "  netlab exec h1 bash                 or a shell, in a terminal of its own\n"
    "  netlab inspect                      see interfaces, addresses and routes\n"
    "  netlab down                         end it; nothing is left\n"
    "\n`netlab COMMAND --help` says more about each.";

/// All commands' options and which command was chosen.
struct Choice {
    UpOptions up;
    std::string timeout;
    CheckOptions check;
    LsOptions ls;
    InspectOptions inspect;
    TestChoice test;
    LinkChoice link;
    PingChoice ping;
    DoctorOptions doctor;
    ServiceChoice service;
    FaultChoice fault;
    ClockChoice clock;
    DownOptions down;
    std::string down_timeout;
    std::vector<std::string> topics; ///< of help
    std::function<int()> run;
};

CLI::Option& add_lab(CLI::App& command, std::string& lab, const char* what) {
    return *command.add_option("-l,--lab", lab, what)->type_name("NAME")->each(refuse_empty_lab);
}

void add_up(CLI::App& app, Choice& choice) {
    auto& command = *app.add_subcommand("up", "start a lab from a topology file");
    auto& options = choice.up;
    command.add_option("FILE", options.file, "the topology: .json, .yaml or .yml")
        ->required()
        ->type_name("");
    add_lab(command, options.lab, "call the lab NAME instead of the name in the file");
    command.add_flag("--dry-run", options.dry_run, "show the whole plan and create nothing");
    command.add_flag("--json", options.json, "print JSON");
    command
        .add_option("--timeout", choice.timeout,
                    "how long all set-up commands (`exec` in the file) may take; 120s unless said")
        ->type_name("DURATION");
    command.add_flag("-v,--verbose", options.verbosity,
                     "say more (-vv: most); the lab's log says more, too");
    command.footer("\nReturns when every node answers. All or nothing: a lab that cannot be had "
                   "whole is taken down again,\n"
                   "and the error names the line of the file that asked for what was refused.");
    command.callback([&choice] {
        if (!choice.timeout.empty()) {
            choice.up.timeout = read_set_up_timeout(choice.timeout);
        }
        choice.run = [&choice] { return run_up(choice.up); };
    });
}

void add_exec(CLI::App& app) {
    auto& command = *app.add_subcommand("exec", "run a command in a node, or in many");
    static std::string lab;
    static bool json = false;
    static std::vector<std::string> words;
    add_lab(command, lab, "in this lab");
    command.add_flag("--json", json, "print each node's exit code and output as JSON");
    static std::string node;
    command.add_option("NODE", node, "a node; or several: 'h[1-3]', '@label', all")
        ->type_name("")
        ->required();
    command.add_option("COMMAND", words, "the command and its arguments")
        ->type_name("")
        ->required();
    command.footer("\nWhat follows NODE is the command; `--` may stand before it.\n"
                   "With one node the command has your terminal, and its exit code is passed on "
                   "(126: it cannot be run,\n"
                   "127: not found, 128+N: ended by signal N). With several it runs in all at "
                   "once, each line of output\n"
                   "after the node's name; the exit code is the highest.\n\n"
                   "  netlab exec h1 bash\n  netlab exec h1 -- ping -c1 srv\n  netlab exec '@edge' "
                   "-- hostname");
}

void add_check(CLI::App& app, Choice& choice) {
    auto& command = *app.add_subcommand("check", "show every mistake of a topology file");
    command.add_option("FILE", choice.check.files, "one or more topology files")
        ->required()
        ->type_name("");
    command.add_flag("--json", choice.check.json, "print JSON");
    command.callback([&choice] { choice.run = [&choice] { return run_check(choice.check); }; });
}

void add_ls(CLI::App& app, Choice& choice) {
    auto& command = *app.add_subcommand("ls", "list the labs that run");
    auto* json = command.add_flag("--json", choice.ls.json, "print JSON");
    auto* names = command.add_flag("--names", choice.ls.names, "print a lab's name a line");
    auto* nodes =
        command.add_flag("--nodes", choice.ls.nodes, "print a node's name a line, of the lab");
    names->excludes(json);
    nodes->excludes(json)->excludes(names);
    add_lab(command, choice.ls.lab, "for --nodes: of this lab").needs(nodes);
    command.callback([&choice] { choice.run = [&choice] { return run_ls(choice.ls); }; });
}

void add_inspect(CLI::App& app, Choice& choice) {
    auto& command = *app.add_subcommand(
        "inspect", "show interfaces, addresses and routes as the kernel has them");
    command
        .add_option("NODE", choice.inspect.nodes,
                    "these nodes (h1, 'h[1-3]', '@label'); all unless said")
        ->type_name("");
    add_lab(command, choice.inspect.lab, "of this lab");
    command.add_flag("--json", choice.inspect.json, "print JSON");
    command.callback([&choice] { choice.run = [&choice] { return run_inspect(choice.inspect); }; });
}

void add_down(CLI::App& app, Choice& choice) {
    auto& command = *app.add_subcommand("down", "end a lab; nothing of it is left");
    command
        .add_option("LAB,-l,--lab", choice.down.lab, "the lab's name; needed only if several run")
        ->type_name("NAME")
        ->each(refuse_empty_lab);
    command.add_flag("--all", choice.down.all, "end all labs of yours");
    command
        .add_option("--timeout", choice.down_timeout,
                    "how long services may take to end before they are killed; 10s unless said")
        ->type_name("DURATION");
    command.callback([&choice] {
        if (!choice.down_timeout.empty()) {
            choice.down.timeout = read_timeout(choice.down_timeout);
        }
        choice.run = [&choice] { return run_down(choice.down); };
    });
}

void add_doctor(CLI::App& app, Choice& choice) {
    auto& command = *app.add_subcommand("doctor", "show what this host can do for labs, and how "
                                                  "to let it do more");
    command.add_flag("--json", choice.doctor.json, "print JSON");
    command.footer("\nTries everything that a lab asks of the kernel, in namespaces that are gone "
                   "afterwards, and reads\nthe limits that a lab meets. The exit code is 1 if no "
                   "lab can run here.");
    command.callback([&choice] { choice.run = [&choice] { return run_doctor(choice.doctor); }; });
}

std::vector<std::string> names_of_commands(const CLI::App& app) {
    std::vector<std::string> names;
    for (const auto* command : app.get_subcommands({})) {
        names.push_back(command->get_name());
    }
    return names;
}

using Words = std::span<char* const>;

/// The option that a misspelled one among the words was meant to be, as a hint, or an empty string.
std::string meant_option(const CLI::App& command, Words words) {
    std::vector<std::string> options;
    for (const auto* option : command.get_options()) {
        for (const auto& name : option->get_lnames()) {
            options.push_back("--" + name);
        }
    }
    for (const char* given : words) {
        const auto word = std::string{given}.substr(0, std::string_view{given}.find('='));
        if (word.starts_with("--") && std::ranges::find(options, word) == options.end()) {
            return did_you_mean(word, options);
        }
    }
    return {};
}

/// Finds the command that the words mean, `called` so far, and says what is wrong with the rest.
[[noreturn]] void refuse(const CLI::App& app, const std::string& called,
                         const CLI::ParseError& error, Words words) {
    const auto commands = names_of_commands(app);
    const std::string first = words.empty() ? "" : words.front();
    if (std::ranges::find(commands, first) != commands.end()) {
        refuse(*app.get_subcommand(first), called + " " + first, error, words.subspan(1));
    }
    if (!commands.empty() && !first.empty() && !first.starts_with('-')) {
        const auto meant = did_you_mean(first, commands);
        throw InputError{called + " has no command " + quoted(first),
                         meant.empty() ? called + " --help lists the commands" : meant};
    }
    if (!commands.empty() && (first.starts_with("-l") || first.starts_with("--lab"))) {
        throw InputError{quoted(first) + " stands behind the command",
                         called + " COMMAND -l NAME …"};
    }
    const auto meant = meant_option(app, words);
    throw InputError{printable(error.what()), meant.empty() ? called + " --help" : meant};
}

int print_help(const CLI::App& app, const std::vector<std::string>& topics) {
    // Not app.help(): that is the help of the command that was given, which is `help`.
    if (topics.empty()) {
        print(stdout, app.get_formatter()->make_help(&app, "netlab", CLI::AppFormatMode::Normal));
        return 0;
    }
    const auto* command = &app;
    std::string called = "netlab";
    std::string before;
    for (const auto& topic : topics) {
        const auto commands = names_of_commands(*command);
        if (std::ranges::find(commands, topic) == commands.end()) {
            throw InputError{called + " has no command " + quoted(topic),
                             before.empty() ? "netlab help lists the commands"
                                            : called + " --help"};
        }
        command = command->get_subcommand(topic);
        before = std::exchange(called, called + " " + topic);
    }
    print(stdout, command->help(before));
    return 0;
}

void add_help(CLI::App& app, Choice& choice) {
    auto& help = *app.add_subcommand("help", "print this help, or that of a command");
    help.add_option("COMMAND", choice.topics, "the command")->type_name("");
    help.callback([&] { choice.run = [&] { return print_help(app, choice.topics); }; });
}

} // namespace

int run_arguments(int argc, char** argv) {
    std::setlocale(LC_CTYPE, ""); // for the widths of wide characters in tables
    CLI::App app{introduction, "netlab"};
    app.set_version_flag("--version", "netlab " NETLAB_VERSION, "print the version");
    app.set_help_flag("-h,--help", "print this help");
    app.require_subcommand(0, 1);
    Choice choice;
    add_up(app, choice);
    add_exec(app);
    add_test(app, choice.test);
    add_inspect(app, choice);
    add_link(app, choice.link);
    add_faults(app, choice.fault);
    add_clock(app, choice.clock);
    add_ping(app, choice.ping);
    add_ls(app, choice);
    add_check(app, choice);
    add_services(app, choice.service);
    add_down(app, choice);
    add_doctor(app, choice);
    add_help(app, choice);
    app.footer(first_steps); // now, because a command added later would say it too
    try {
        app.parse(argc, argv);
    } catch (const CLI::Success& asked) {
        std::ostringstream text; // not std::cout, which would not say that a disk is full
        const int exit_code = app.exit(asked, text, text);
        print(stdout, text.str());
        return exit_code;
    } catch (const CLI::ParseError& error) {
        refuse(app, "netlab", error, Words{argv, static_cast<std::size_t>(argc)}.subspan(1));
    }
    for (const auto* run : {&choice.test.run, &choice.link.run, &choice.service.run,
                            &choice.fault.run, &choice.clock.run, &choice.ping.run, &choice.run}) {
        if (*run) {
            return (*run)();
        }
    }
    print(stdout, app.help());
    return argc > 1 ? 2 : 0;
}

} // namespace netlab
