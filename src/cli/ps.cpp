#include "base/table.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/lab_processes.h"
#include "cli/output.h"
#include "cli/service_json.h"
#include "cli/service_text.h"
#include "cli/service_usage.h"
#include "cli/visit_nodes.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace netlab {

namespace {

void add_service(Table& table, const std::string& node, const ServiceAnswer& service,
                 const Usage& usage) {
    const auto since = std::max(static_cast<double>(std::time(nullptr)) - service.since, 0.0);
    const bool runs = service.pid > 0;
    table.add_row({node, service.name, describe_state(service),
                   runs ? std::to_string(service.pid) : "-", std::to_string(service.restarts),
                   service.since > 0 ? describe_time(since) : "-",
                   runs ? fmt::format("{:.2f} s", usage.cpu_seconds) : "-",
                   runs ? describe_bytes(static_cast<double>(usage.memory)) : "-"});
}

void show(const std::vector<NodeAnswer>& nodes, const ServiceUsages& usages) {
    Table table{{"NODE", "SERVICE", "STATE", "PID", "RESTARTS", "FOR", "CPU", "MEMORY"}};
    bool any = false;
    for (const auto& node : nodes) {
        for (const auto& service : node.services) {
            any = true;
            add_service(table, node.name, service, usages.at({node.name, service.name}));
        }
        if (node.services.empty() && (node.stopped || !node.running)) {
            any = true;
            table.add_row(
                {node.name, "-", node.running ? "stopped" : "ended", "-", "-", "-", "-", "-"});
        }
    }
    if (!any) {
        print(stderr, "no services\n");
    }
    print(stdout, table.to_string(0, wants_colour(stdout)));
}

} // namespace

int run_ps(const PsOptions& options) {
    LabClient client{find_lab(options.lab).path};
    const auto nodes =
        client.nodes(options.nodes.empty() ? std::vector<std::string>{"all"} : options.nodes);
    if (options.names) {
        for (const auto& node : nodes) {
            for (const auto& service : node.services) {
                print(stdout, node.name + "/" + service.name + "\n");
            }
        }
        return 0;
    }
    const NodeVisits visits{client};
    enter_lab_files(client);
    const auto usages = service_usages(nodes, read_lab_processes());
    if (options.json) {
        print(stdout, services_to_json(nodes, usages));
    } else {
        show(nodes, usages);
    }
    return 0;
}

} // namespace netlab
