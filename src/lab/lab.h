#pragma once

#include "base/ids.h"
#include "clock/page.h"
#include "lab/birthright.h"
#include "lab/cable.h"
#include "lab/carriage.h"
#include "lab/kept_mounts.h"
#include "lab/lab_ground.h"
#include "lab/lab_wires.h"
#include "lab/published_ports.h"
#include "plan/plan.h"

#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// A node that was started: PID 1 of its namespaces, as the supervisor numbers processes.
struct RunningNode {
    pid_t pid = -1;
    bool running = false;       ///< with its interfaces
    std::string end;            ///< how it ended, in words, if it did
    bool starting = false;      ///< again (see Revival): nobody but the supervisor is to enter it
    UniqueFd board{};           ///< of its services, if it has any: see ServiceBoard
    UniqueFd line{};            ///< to its PID 1, if it has services
    bool stopped = false;       ///< by `stop`: only its PID 1 runs
    std::string cgroup{};       ///< directory of its cgroup on the host, if it has limits
    UniqueFd cgroup_procs{};    ///< of that cgroup, to be put into it
    UniqueFd uplink{};          ///< what holds its way out, if it is one: see Uplink
    bool paused = false;        ///< by `pause`: none of its processes runs
    std::vector<pid_t> stood{}; ///< that stood still before it was paused
    std::optional<ClockSetting> wall_clock{}; ///< its own, if it has ever had one
    ClockSetting file_clock{};                ///< as the topology file says
    std::string lost_files{}; ///< why its files could not be kept when it was killed, if so

    /// Whether commands may enter it.
    bool is_open() const { return running && !starting; }
};

/// A plan made real, as its supervisor sees it.
struct Lab {
    explicit Lab(const Plan& made_real) : plan(made_real) {}

    const Plan& plan;
    std::vector<RunningNode> nodes; ///< by NodeId
    std::vector<Cable> cables;      ///< in the order of the links and their ends
    LabWires wires;
    PublishedPorts ports;
    LabGround ground;
    KeptMounts kept;                      ///< see keep_bound and keep_files
    std::optional<Birthright> birthright; ///< once it begins to start
    bool single_segments =
        false; ///< no interface sends segments for several frames (see shaping.h)

    /// The cables of a link: one, or of a LAN segment one for each end.
    std::span<Cable> cables_of(LinkId link);

    /// What this kernel can carry shaped frames with, tried once: to take a TAP apart again takes
    /// it 20 ms. Where none could be made it is tried again. Throws std::system_error.
    const Means& means();

    /// If the wire process is lost its cables go on with another. Where there can be none they pass
    /// nothing, which is logged, until the next call.
    void mend_wires();

    /// If the process of the published ports is lost another takes its place. Where there can be
    /// none they take nothing, which is logged, until the next call.
    void mend_ports();

    /// Takes note of the nodes that have ended, and starts the processes of the wires and of the
    /// published ports anew if those have. Returns the nodes' ids.
    std::vector<NodeId> reap();
    /// The other children that reap() has found ended since this was called last, each with its
    /// wait status.
    std::vector<std::pair<pid_t, int>> take_other_ends() { return std::exchange(other_ends_, {}); }

private:
    std::vector<std::size_t> first_cable_; ///< by LinkId, once asked for
    std::optional<Means> means_;
    std::vector<std::pair<pid_t, int>> other_ends_;
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
