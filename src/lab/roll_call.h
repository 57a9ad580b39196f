#pragma once

#include "lab/lab.h"
#include "node/report.h"
#include "sys/unique_fd.h"

#include <array>
#include <chrono>
#include <functional>
#include <utility>
#include <vector>

namespace netlab {

/// Why a node is not ready, and what in the file asked for that.
struct NodeFailure {
    std::string text; ///< without the node's name
    Span span;
    const char* doing; ///< as in LabError
};

/// What a report of a failure says.
NodeFailure failure_of(const NodePlan& node, const Report& report);

/// Waits for all nodes of a lab to report, and for whatever can keep them from it.
class RollCall {
public:
    /// `reports` is the reading end of the nodes' pipe; `command` the channel to the command that
    /// waits for the lab.
    RollCall(Lab& lab, const UniqueFd& reports, const UniqueFd& command);

    /// Until every node has reported `kind`; `progress` is called with the number that have, and
    /// `reported` with each of them. Throws
    /// LabError when a node reports a failure or ends, when `patience` is over, or when the command
    /// has gone; std::runtime_error when a report comes that none of the nodes sends.
    void wait_for(Report::Kind kind, std::chrono::seconds patience,
                  const std::function<void(std::size_t)>& progress,
                  const std::function<void(NodeId)>& reported = {});

    /// The reports that are there, without waiting; nodes that have ended are not looked for, as
    /// long as not all are known in the lab. Throws as wait_for.
    void listen(Report::Kind kind, const std::function<void(NodeId)>& reported);

    /// Throws what wait_for would throw about a node that has failed by now; a request about it
    /// fails for that reason. Does nothing once a failure has been thrown: it has its reason.
    void look_for_failures();

private:
    /// Nothing that runs in a node can write to the pipe (see run_init). Should that ever fail,
    /// what comes from there is no more than what a node may say: once each, in order, of what it
    /// has.
    void check_sense(const Report& report) const;
    void take_reports();
    void look_now_and_then();
    void hand_on(Report::Kind kind, const std::function<void(NodeId)>& reported);
    [[noreturn]] void refuse(const Report& report);

    Lab& lab_;
    const UniqueFd& reports_;
    const UniqueFd& command_;
    ReportReader reader_;
    std::vector<std::size_t> seen_;                     ///< how many reports of each node
    std::array<std::size_t, 3> counts_{};               ///< by kind
    std::vector<std::pair<Report::Kind, NodeId>> news_; ///< not handed on yet
    std::chrono::steady_clock::time_point looked_{};
    bool failed_ = false;
};

} // namespace netlab
