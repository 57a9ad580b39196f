#pragma once

#include "base/ids.h"
#include "lab/cable.h"
#include "lab/lab_ground.h"
#include "lab/lab_wires.h"
#include "plan/plan.h"

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A node that was started: PID 1 of its namespaces, as the supervisor numbers processes.
struct RunningNode {
    pid_t pid = -1;
    bool running = false;
    std::string end;      ///< how it ended, in words, if it did
    std::string cgroup{}; ///< directory of its cgroup on the host, if it has limits
};

/// A plan made real, as its supervisor sees it.
struct Lab {
    explicit Lab(const Plan& made_real) : plan(made_real) {}

    const Plan& plan;
    std::vector<RunningNode> nodes; ///< by NodeId
    std::vector<Cable> cables;      ///< in the order of the links and their ends
    LabWires wires;
    LabGround ground;
    bool single_segments =
        false; ///< no interface sends segments for several frames (see shaping.h)

    /// The cables of a link: one, or of a LAN segment one for each end.
    std::span<Cable> cables_of(LinkId link);

    /// Takes note of the nodes that have ended, and starts the wire process anew if that has.
    /// Returns the nodes' ids.
    std::vector<NodeId> reap();

private:
    std::vector<std::size_t> first_cable_; ///< by LinkId, once asked for
};

/// A refusal by the kernel or the system, with the place in the topology file that asked for what
/// was refused.
class LabError : public std::runtime_error {
public:
    LabError(const std::string& message, Span span, std::string doing, std::string hint = {})
        : std::runtime_error(message), span_(span), doing_(std::move(doing)),
          hint_(std::move(hint)) {}

    Span span() const { return span_; }
    /// "while wiring this link"
    const std::string& doing() const { return doing_; }
    /// What to write instead, where it is the file that asks for too much; else empty.
    const std::string& hint() const { return hint_; }

private:
    Span span_;
    std::string doing_;
    std::string hint_;
};

} // namespace netlab
