#include "cli/service_arguments.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"

#include <CLI/CLI.hpp>

namespace netlab {

namespace {

void add_lab(CLI::App& command, std::string& lab) {
    command.add_option("-l,--lab", lab, "of this lab")->type_name("NAME")->each(refuse_empty_lab);
}

void read_since(ServiceChoice& choice) {
    if (choice.since.empty()) {
        return;
    }
    choice.logs.since = parse_duration(choice.since);
    if (!choice.logs.since) {
        throw InputError{"--since " + quoted(choice.since) + " is not a duration",
                         "write how long ago: 30s, 5m or 1h"};
    }
}

void add_logs(CLI::App& app, ServiceChoice& choice) {
    auto& command = *app.add_subcommand("logs", "show what services have printed");
    auto& options = choice.logs;
    command
        .add_option("TARGET", options.targets,
                    "services: of a node (db), one (db/redis), of many ('h[1-3]', '@label', all)")
        ->type_name("")
        ->required();
    command.add_flag("-f,--follow", options.follow, "go on with what they print, until Ctrl-C");
    command.add_option("--since", choice.since, "only what is no older than this: 5m")
        ->type_name("DURATION");
    command.add_option("-n,--lines", options.lines, "only the last lines")->type_name("LINES");
    add_lab(command, options.lab);
    command.add_flag("--json", options.json, "print a JSON object a line");
    command.footer("\nEach service keeps the last part of its log, 8 MiB unless the lab has many, "
                   "as long as the lab runs.\nLines in -- are netlab's own: when a service was "
                   "started, was ready, and how it ended.");
    command.callback([&choice] {
        read_since(choice);
        choice.run = [&choice] { return run_logs(choice.logs); };
    });
}

void add_ps(CLI::App& app, ServiceChoice& choice) {
    auto& command = *app.add_subcommand("ps", "list services: state, restarts, cpu, memory");
    command.add_option("NODE", choice.ps.nodes, "of these nodes; all unless said")->type_name("");
    add_lab(command, choice.ps.lab);
    command.add_flag("--json", choice.ps.json, "print JSON");
    command.add_flag("--names", choice.ps.names, "print NODE/SERVICE a line");
    command.callback([&choice] { choice.run = [&choice] { return run_ps(choice.ps); }; });
}

void add_change(CLI::App& app, ServiceChoice& choice, RunVerb verb, const char* name,
                const char* what, const char* more) {
    auto& command = *app.add_subcommand(name, what);
    command
        .add_option("TARGET", choice.change.targets,
                    "nodes (db, 'h[1-3]', '@label', all), or a service of one (db/redis)")
        ->type_name("")
        ->required();
    if (verb != RunVerb::start) {
        command
            .add_option("--timeout", choice.timeout,
                        "how long before what has not ended is killed; the service's own "
                        "stop_timeout, else 10s")
            ->type_name("DURATION");
    }
    if (verb == RunVerb::start) {
        command.add_flag("--wipe", choice.change.wipe,
                         "nodes that were killed start without their files");
    }
    add_lab(command, choice.change.lab);
    command.footer(more);
    command.callback([&choice, verb] {
        if (!choice.timeout.empty()) {
            choice.change.timeout =
                std::max(read_timeout(choice.timeout), std::chrono::milliseconds{1});
        }
        choice.run = [&choice, verb] { return run_service_change(verb, choice.change); };
    });
}

void add_pause(CLI::App& app, ServiceChoice& choice, bool pause) {
    auto& command = *app.add_subcommand(pause ? "pause" : "resume",
                                        pause ? "stop all processes of nodes where they are"
                                              : "let paused nodes go on");
    command.add_option("NODE", choice.pause.nodes, "nodes (db, 'h[1-3]', '@label', all)")
        ->type_name("")
        ->required();
    add_lab(command, choice.pause.lab);
    command.footer(pause ? "\nThey do not notice, and netlab resume lets them go on. The kernel's "
                           "part of a node\n(it forwards, it answers pings) goes on meanwhile."
                         : "");
    command.callback([&choice, pause] {
        choice.run = [&choice, pause] { return run_pause(pause, choice.pause); };
    });
}

void add_kill(CLI::App& app, ServiceChoice& choice) {
    auto& command = *app.add_subcommand("kill", "cut the power of nodes");
    command.add_option("NODE", choice.pause.nodes, "nodes (db, 'h[1-3]', '@label', all)")
        ->type_name("")
        ->required();
    add_lab(command, choice.pause.lab);
    command.footer(
        "\nTheir processes end without a word, with them all that the kernel knew for "
        "them: connections, NAT,\nwhat is in /tmp and /run. Other nodes see a cable that is "
        "pulled. netlab start starts them again, with\ntheir files, or with --wipe "
        "without.");
    command.callback([&choice] { choice.run = [&choice] { return run_kill(choice.pause); }; });
}

void add_top(CLI::App& app, ServiceChoice& choice) {
    auto& command = *app.add_subcommand("top", "watch cpu, memory and traffic of nodes and links");
    command.add_option("NODE", choice.top.nodes, "these nodes; all unless said")->type_name("");
    command.add_option("-n,--rounds", choice.top.rounds, "end after so many tables")
        ->type_name("COUNT")
        ->check(CLI::Range(1, 1'000'000));
    add_lab(command, choice.top.lab);
    command.add_flag("--json", choice.top.json, "print JSON, once or as often as -n says");
    command.footer("\nOn a terminal anew each second until q is pressed; else one table.\n"
                   "cpu is the share of one processor; memory that of all processes but PID 1.");
    command.callback([&choice] { choice.run = [&choice] { return run_top(choice.top); }; });
}

} // namespace

std::chrono::milliseconds read_timeout(const std::string& text) {
    const auto timeout = parse_duration(text);
    if (!timeout || *timeout > std::chrono::hours{1}) {
        throw InputError{"--timeout " + quoted(text) + " is not a duration of at most 1h",
                         "write 500ms, 10s or 1m"};
    }
    return std::chrono::ceil<std::chrono::milliseconds>(*timeout);
}

void add_services(CLI::App& app, ServiceChoice& choice) {
    add_ps(app, choice);
    add_logs(app, choice);
    add_change(app, choice, RunVerb::stop, "stop", "end services, or all that runs in nodes",
               "\nOf a node every process ends but its PID 1: SIGTERM, then SIGKILL. Its links, "
               "addresses and files stay.");
    add_change(
        app, choice, RunVerb::start, "start", "run services again, and wait until ready",
        "\nReturns when they are ready. Nodes wait for those that they depend on. Nodes that "
        "were killed\nstart again as a machine whose power is back: with their files.");
    add_change(app, choice, RunVerb::restart, "restart", "stop, then start",
               "\nLinks, addresses, shaping and files of a node stay.");
    add_pause(app, choice, true);
    add_pause(app, choice, false);
    add_kill(app, choice);
    add_top(app, choice);
}

} // namespace netlab
