#include "base/diagnostic.h"
#include "base/quote.h"
#include "base/table.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/read_plan.h"
#include "cli/start_planned.h"
#include "lab/start_lab.h"
#include "plan/plan_json.h"
#include "plan/plan_text.h"
#include "sys/id_choice.h"
#include "sys/own_program.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

/// More rows than this are no table that anyone reads.
constexpr std::size_t most_rows = 100;

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

void add_rows(Table& table, const NodePlan& node) {
    std::vector<std::string> first{node.name, std::string{to_string(node.kind)}};
    const auto add = [&](const std::string& interface, const std::vector<IpInterface>& addresses) {
        std::vector<std::string> words;
        for (const auto& address : addresses) {
            words.push_back(to_string(address));
        }
        table.add_row({first[0], first[1], interface, joined(words)});
        first = {"", ""};
    };
    if (!node.loopback.empty() || node.interfaces.empty()) {
        add("lo", node.loopback);
    }
    if (node.kind == NodeKind::network_switch) {
        std::vector<std::string> ports;
        for (const auto& interface : node.interfaces) {
            ports.push_back(interface.name);
        }
        table.add_row({first[0], first[1], joined(ports), ""});
        return;
    }
    for (const auto& interface : node.interfaces) {
        add(interface.name, interface.addresses);
    }
}

/// `127.0.0.1:8080 -> web:80`, a line each.
std::string published_lines(const Plan& plan) {
    std::string lines;
    std::size_t count = 0;
    for (const auto& node : plan.nodes) {
        for (const auto& port : node.publish) {
            lines += fmt::format("{} -> {}:{}\n", to_string(port), node.name, node_side(port));
            ++count;
        }
    }
    return count <= most_rows ? lines : counted(count, "published port") + "\n";
}

void show_table(const Plan& plan, std::chrono::duration<double> took) {
    const bool colour = wants_colour(stdout);
    if (plan.nodes.size() <= most_rows) {
        Table table{{"NODE", "KIND", "INTERFACE", "ADDRESSES"}};
        for (const auto& node : plan.nodes) {
            add_rows(table, node);
        }
        print(stdout, table.to_string(0, colour));
    }
    print(stdout, published_lines(plan));
    const auto services = count_services(plan);
    print(stdout,
          fmt::format("lab {} is up: {}, {}{}, in {:.2f} s\n", plan.name,
                      counted(plan.nodes.size(), "node"), counted(plan.links.size(), "link"),
                      services == 0 ? "" : ", " + counted(services, "service"), took.count()));
}

void show_lab(const UpOptions& options, const PlannedFile& planned,
              std::chrono::duration<double> took) {
    try {
        if (options.json) {
            print(stdout,
                  up_to_json(planned.plan, card_of(planned.plan, options.file, seconds_now()),
                             planned.diagnostics.all(), planned.source, took.count()));
        } else {
            show_table(planned.plan, took);
        }
    } catch (const OutputError&) {
        print(stderr, "note: lab " + planned.plan.name + " is up, though that cannot be shown\n");
        throw;
    }
}

/// In pieces: the routes of a large lab alone are hundreds of megabytes.
void show_plan(const Plan& plan, bool json) {
    const auto write = [](std::string_view piece) { print(stdout, piece); };
    if (json) {
        write_plan_json(plan, 2, write);
        write("\n");
    } else {
        write_plan_text(plan, write);
    }
}

StartOptions start_options(const UpOptions& options, ProgressLine& progress) {
    auto start = shown_start(progress, options.verbosity > 0);
    start.set_up_patience = options.timeout;
    start.log_level = options.verbosity;
    return start;
}

int start(const UpOptions& options, PlannedFile& planned) {
    const auto begin = steady_clock::now();
    ProgressLine progress;
    try {
        start_planned(planned, options.file, start_options(options, progress));
    } catch (const Interrupted& interrupted) {
        progress.clear();
        print(stderr, "interrupted; everything is taken down again\n");
        return 128 + interrupted.signal;
    }
    progress.clear();
    show_lab(options, planned, steady_clock::now() - begin);
    return 0;
}

} // namespace

int run_up(const UpOptions& options) {
    if (!options.dry_run) {
        shield_own_program(choose_id_maps().uids);
    }
    auto planned = read_plan(options.file, options.lab);
    print(stderr, render(planned.diagnostics, planned.source, wants_colour(stderr)));
    if (planned.diagnostics.has_errors()) {
        return 2;
    }
    if (options.dry_run) {
        show_plan(planned.plan, options.json);
        return 0;
    }
    try {
        return start(options, planned);
    } catch (const InputError&) {
        throw;
    } catch (const OutputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        // The standard library says first by which of its parts.
        constexpr std::string_view origin = "filesystem error: ";
        std::string text = error.what();
        text.erase(0, text.starts_with(origin) ? origin.size() : 0);
        // What a set-up command or a service says is not the host's fault.
        const bool refused = text.starts_with("cannot ") || text.starts_with("lab ");
        throw std::runtime_error{
            text + (refused ? "\n  hint: netlab doctor shows what this host can do for labs" : "")};
    }
}

} // namespace netlab
