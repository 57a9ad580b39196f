#include "cli/service_usage.h"

#include <unordered_map>
#include <unordered_set>

namespace netlab {

namespace {

using ByNamespace = std::unordered_map<std::uint64_t, std::vector<const LabProcess*>>;

/// The processes of each node.
class NodeProcesses {
public:
    explicit NodeProcesses(const std::vector<LabProcess>& processes) {
        for (const auto& process : processes) {
            by_pid_.emplace(process.pid, &process);
            by_namespace_[process.namespace_id].push_back(&process);
        }
    }

    const std::vector<const LabProcess*>& of(const NodeAnswer& node) const {
        static const std::vector<const LabProcess*> none;
        const auto init = by_pid_.find(static_cast<pid_t>(node.pid));
        if (!node.running || init == by_pid_.end()) {
            return none;
        }
        const auto found = by_namespace_.find(init->second->namespace_id);
        return found == by_namespace_.end() ? none : found->second;
    }

private:
    std::unordered_map<pid_t, const LabProcess*> by_pid_;
    ByNamespace by_namespace_;
};

Usage usage_of(const ServiceAnswer& service, const std::vector<const LabProcess*>& processes) {
    Usage usage;
    std::unordered_set<pid_t> members;
    pid_t session = 0;
    for (bool grown = service.pid > 1; grown;) { // each round one generation further down
        grown = false;
        for (const auto* process : processes) {
            const bool main = process->node_pid == service.pid;
            const bool member = main || members.contains(process->parent) ||
                                (session != 0 && process->session == session);
            if (member && process->node_pid != 1 && members.insert(process->pid).second) {
                session = main ? process->pid : session;
                usage.add(*process);
                grown = true;
            }
        }
    }
    return usage;
}

} // namespace

void Usage::add(const LabProcess& process) {
    ++processes;
    cpu_seconds += process.cpu_seconds;
    memory += process.memory;
}

ServiceUsages service_usages(const std::vector<NodeAnswer>& nodes,
                             const std::vector<LabProcess>& processes) {
    const NodeProcesses of_nodes{processes};
    ServiceUsages usages;
    for (const auto& node : nodes) {
        for (const auto& service : node.services) {
            usages[{node.name, service.name}] = usage_of(service, of_nodes.of(node));
        }
    }
    return usages;
}

std::map<std::string, Usage> node_usages(const std::vector<NodeAnswer>& nodes,
                                         const std::vector<LabProcess>& processes) {
    const NodeProcesses of_nodes{processes};
    std::map<std::string, Usage> usages;
    for (const auto& node : nodes) {
        auto& usage = usages[node.name];
        for (const auto* process : of_nodes.of(node)) {
            usage.add(*process);
            usage.memory -= process->pid == node.pid ? process->memory : 0;
        }
    }
    return usages;
}

} // namespace netlab
