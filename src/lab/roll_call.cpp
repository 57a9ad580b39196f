#include "lab/roll_call.h"

#include "base/quote.h"
#include "sys/check.h"

#include <algorithm>
#include <array>

#include <poll.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds between_looks{100};

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

/// As the file wrote it: a string went through `sh -c`.
std::string as_written(const Command& command) {
    const auto& argv = command.argv;
    return argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c" ? argv[2] : joined(argv);
}

bool has_item(const NodePlan& node, Report::Subject subject, std::size_t item) {
    switch (subject) {
    case Report::Subject::sysctl:
        return item < node.sysctls.size();
    case Report::Subject::command:
        return item < node.exec.size();
    case Report::Subject::service:
        return item < node.run.size();
    case Report::Subject::root:
    case Report::Subject::clock:
        break;
    }
    return true;
}

} // namespace

NodeFailure failure_of(const NodePlan& node, const Report& report) {
    // Whatever runs in the node has a say in it, and it goes to the user's terminal.
    const auto why = printable_lines(report.message);
    switch (has_item(node, report.subject, report.item) ? report.subject : Report::Subject::root) {
    case Report::Subject::sysctl:
        return {why, node.sysctls[report.item].span, "while setting this sysctl"};
    case Report::Subject::command: {
        const auto& command = node.exec[report.item];
        return {fmt::format("set-up command '{}' {}", printable(as_written(command)), why),
                command.span, "while running this set-up command"};
    }
    case Report::Subject::service: {
        const auto& service = node.run[report.item];
        return {fmt::format("service {} {}", service.name, why), service.span,
                "while starting this service"};
    }
    case Report::Subject::clock:
        return {why, node.clock_span, "while setting its clocks"};
    case Report::Subject::root:
        break;
    }
    return {why, node.span, "while starting this node"};
}

RollCall::RollCall(Lab& lab, const UniqueFd& reports, const UniqueFd& command)
    : lab_(lab), reports_(reports), command_(command), seen_(lab.nodes.size()) {}

void RollCall::wait_for(Report::Kind kind, std::chrono::seconds patience,
                        const std::function<void(std::size_t)>& progress,
                        const std::function<void(NodeId)>& reported) {
    const auto deadline = steady_clock::now() + patience;
    for (;;) {
        take_reports();
        hand_on(kind, reported);
        progress(counts_[static_cast<std::size_t>(kind)]);
        if (counts_[static_cast<std::size_t>(kind)] == lab_.nodes.size()) {
            return;
        }
        look_now_and_then();
        if (steady_clock::now() > deadline) {
            const auto late =
                static_cast<std::size_t>(std::ranges::min_element(seen_) - seen_.begin());
            const auto& node = lab_.plan.nodes[late];
            throw LabError{
                fmt::format("node {} was not ready within {} s", node.name, patience.count()),
                node.span,
                kind == Report::Kind::ready
                    ? "while its set-up commands ran (up --timeout gives them longer)"
                    : "while starting this node"};
        }
        // The death of a node does not wake this.
        std::array<pollfd, 2> waits{{{reports_.get(), POLLIN, 0}, {command_.get(), POLLRDHUP, 0}}};
        ::poll(waits.data(), waits.size(), static_cast<int>(between_looks.count()));
        if ((waits[1].revents & (POLLHUP | POLLRDHUP)) != 0) {
            throw std::runtime_error{"the command that started the lab has gone"};
        }
    }
}

void RollCall::listen(Report::Kind kind, const std::function<void(NodeId)>& reported) {
    take_reports();
    hand_on(kind, reported);
}

void RollCall::check_sense(const Report& report) const {
    const auto is_next = [&] {
        return seen_[report.node] == static_cast<std::size_t>(report.kind);
    };
    if (report.node >= seen_.size() ||
        !(report.kind == Report::Kind::failed
              ? has_item(lab_.plan.nodes[report.node], report.subject, report.item)
              : is_next())) {
        throw std::runtime_error{"a report came that no node of this lab sends"};
    }
}

void RollCall::take_reports() {
    for (const auto& report : reader_.read(reports_)) {
        check_sense(report);
        if (report.kind == Report::Kind::failed) {
            refuse(report);
        }
        ++seen_[report.node];
        ++counts_[static_cast<std::size_t>(report.kind)];
        news_.emplace_back(report.kind, node_id(report.node));
    }
}

void RollCall::hand_on(Report::Kind kind, const std::function<void(NodeId)>& reported) {
    for (const auto& [reported_kind, node] : std::exchange(news_, {})) {
        if (reported && reported_kind == kind) {
            reported(node);
        }
    }
}

/// The kernel looks at each child to find one that has ended: after each report of five thousand
/// that would be a tenth of the whole start.
void RollCall::look_now_and_then() {
    if (const auto now = steady_clock::now(); now - looked_ >= between_looks) {
        looked_ = now;
        look_for_failures();
    }
}

void RollCall::look_for_failures() {
    if (failed_) {
        return;
    }
    take_reports();
    const auto ended = lab_.reap();
    if (ended.empty()) {
        return;
    }
    take_reports(); // its last words come first
    failed_ = true;
    const auto& node = lab_.plan.nodes[index(ended.front())];
    throw LabError{fmt::format("node {} ended while it started: {}", node.name,
                               lab_.nodes[index(ended.front())].end),
                   node.span, "while starting this node"};
}

void RollCall::refuse(const Report& report) {
    failed_ = true;
    const auto& node = lab_.plan.nodes[report.node];
    const auto failure = failure_of(node, report);
    throw LabError{fmt::format("node {}: {}", node.name, failure.text), failure.span,
                   failure.doing};
}

} // namespace netlab
