#include "cli/ping_arguments.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"

#include <CLI/CLI.hpp>

namespace netlab {

namespace {

void read_nodes(PingChoice& choice) {
    constexpr const char* hint = "netlab ping FROM TO, or netlab ping --all";
    if (choice.all && !choice.nodes.empty()) {
        throw InputError{"ping takes --all or nodes, not both", hint};
    }
    if (!choice.all && choice.nodes.size() != 2) {
        throw InputError{"ping needs who asks and who is asked", hint};
    }
    choice.options.from = {choice.all ? "all" : choice.nodes.front()};
    choice.options.to = {choice.all ? "all" : choice.nodes.back()};
}

void read_patience(PingChoice& choice) {
    if (choice.timeout.empty()) {
        return;
    }
    const auto patience = parse_duration(choice.timeout);
    if (!patience || *patience < std::chrono::milliseconds{1} ||
        *patience > std::chrono::minutes{10}) {
        throw InputError{"--timeout " + quoted(choice.timeout) +
                             " is not a duration from 1ms to 10m",
                         "write 500ms or 5s"};
    }
    choice.options.patience = *patience;
}

} // namespace

void add_ping(CLI::App& app, PingChoice& choice) {
    auto& command = *app.add_subcommand("ping", "show which nodes reach which, by both families");
    command
        .add_option("NODE", choice.nodes,
                    "FROM and TO, each a node or several: 'h[1-3]', '@label', all")
        ->type_name("")
        ->expected(0, 2);
    command.add_flag("--all", choice.all, "from every node to every other one");
    command.add_option("-l,--lab", choice.options.lab, "in this lab")
        ->type_name("NAME")
        ->each(refuse_empty_lab);
    auto* only_ipv4 = command.add_flag("-4", choice.only_ipv4, "by IPv4 only");
    command.add_flag("-6", choice.only_ipv6, "by IPv6 only")->excludes(only_ipv4);
    command
        .add_option("--timeout", choice.timeout,
                    "how long each of three requests is waited for; 1s unless said")
        ->type_name("DURATION");
    command.add_flag("--json", choice.options.json, "print JSON");
    command.footer("\nAsks for the address that a node's name means in the lab (its /etc/hosts), "
                   "from all nodes at once.\nIn the matrix . is an answer, 4 and 6 one by this "
                   "family only, x none. The exit code is 1 if\nanything did not answer.\n\n"
                   "  netlab ping h1 srv\n  netlab ping all srv\n  netlab ping --all");
    command.callback([&choice] {
        read_nodes(choice);
        read_patience(choice);
        if (choice.only_ipv4 || choice.only_ipv6) {
            choice.options.family = choice.only_ipv4 ? Family::ipv4 : Family::ipv6;
        }
        choice.run = [&choice] { return run_ping(choice.options); };
    });
}

} // namespace netlab
