#include "lab/lab.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>

namespace netlab {

namespace {

std::string describe_end(const char* what, int status) {
    return WIFSIGNALED(status) ? fmt::format("killed by signal {} ({})", WTERMSIG(status),
                                             ::strsignal(WTERMSIG(status)))
                               : fmt::format("{} ended with {}", what, WEXITSTATUS(status));
}

} // namespace

std::span<Cable> Lab::cables_of(LinkId link) {
    if (first_cable_.empty()) {
        for (std::size_t i = 0; i < cables.size(); ++i) {
            first_cable_.resize(index(cables[i].link) + 1, i);
        }
        first_cable_.push_back(cables.size());
    }
    const auto first = first_cable_[index(link)];
    return std::span{cables}.subspan(first, first_cable_[index(link) + 1] - first);
}

const Means& Lab::means() {
    if (!means_ || !means_->why_no_tap.empty()) {
        means_ = try_means();
    }
    return *means_;
}

void Lab::mend_wires() {
    if (!wires.are_lost()) {
        return;
    }
    try {
        wires.revive(cables);
    } catch (const std::exception& error) {
        spdlog::error("the wires pass nothing: {}", error.what());
    }
}

void Lab::mend_ports() {
    if (!ports.are_lost()) {
        return;
    }
    try {
        ports.serve(*this);
    } catch (const std::exception& error) {
        spdlog::error("the published ports take nothing: {}", error.what());
    }
}

std::vector<NodeId> Lab::reap() {
    std::vector<NodeId> ended;
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (wires.is(pid)) {
            spdlog::warn("{}; its wires get another process",
                         describe_end("the wire process", status));
            wires.lose();
            continue;
        }
        if (ports.is(pid)) {
            spdlog::warn("the process of the published ports has gone, {}; another takes its place",
                         describe_end("it", status));
            ports.lose();
            continue;
        }
        // Another child may have the number of a node that has ended.
        const auto node = std::ranges::find_if(nodes, [pid = pid](const RunningNode& one) {
            return (one.running || one.starting) && one.pid == pid;
        });
        if (node != nodes.end()) {
            node->running = false;
            node->starting = false;
            node->uplink.reset();
            node->end = describe_end("its init", status);
            ended.push_back(node_id(static_cast<std::size_t>(node - nodes.begin())));
        } else {
            other_ends_.emplace_back(pid, status);
        }
    }
    mend_wires();
    mend_ports();
    return ended;
}

} // namespace netlab
