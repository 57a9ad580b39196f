#pragma once

#include "lab/lab.h"
#include "lab/wiring.h"
#include "node/report.h"
#include "node/start_gate.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// Keeps what the binds and roots of the lab's plan name on the host, in the order of
/// bound_paths(), and closes `trees`. That it failed is said in the log: nodes that need them then
/// cannot start again.
void keep_bound(Lab& lab, std::vector<UniqueFd>& trees);

/// Keeps the files of nodes that are about to lose their power. None of their processes runs. That
/// it failed is said in the log, by RunningNode::lost_files and later by Revival. Takes as long as
/// KeptMounts::keep_tmpfs.
void keep_files(Lab& lab, const std::vector<NodeId>& nodes);

/// What the floors above do for a node that starts again.
struct RevivalCalls {
    /// It has a network namespace, and no packet has passed yet.
    std::function<void(NodeId)> prepare;
    /// It is to end, and its neighbours to keep their interfaces.
    std::function<void(NodeId)> fell;
    /// It is ready.
    std::function<void(NodeId)> done;
    /// It needs an uplink in the network namespace behind the descriptor: see give_uplink.
    std::function<void(NodeId, const UniqueFd&)> ask_uplink;
};

/// A node that starts again after it was killed (see Faults::kill), step by step and without
/// waiting for any: all its namespaces are new, but its interfaces have their names, indices, MAC
/// addresses and what shapes them now, and it has its files, unless they are to be wiped. Set-up
/// commands run and services start. If it does not become ready it ends again, and what it has of
/// files stays kept.
class Revival {
public:
    /// Throws InputError for a node of which too little is left.
    static void refuse_impossible(const Lab& lab, NodeId id, bool wipe);

    /// Clones the node. Throws std::system_error, std::runtime_error.
    Revival(Lab& lab, NodeId id, bool wipe, const RevivalCalls& calls);

    /// Goes on as far as it can. True once it is over, well or not.
    bool advance();
    /// Why it did not become ready; empty if it did.
    const std::string& failure() const { return failure_; }
    /// Its uplink is there, as to_text(Uplink) tells, and what holds it.
    void give_uplink(const std::string& text, UniqueFd holder);
    /// It is not.
    void refuse_uplink(const std::string& why) { no_uplink_ = why; }

    /// Becomes readable when the node reports something.
    int fd() const { return reading_.get(); }
    /// Whether it waits for something that has to be asked for.
    bool asks() const { return step_ > Step::prepared && step_ != Step::ready; }

private:
    using Time = std::chrono::steady_clock::time_point;
    /// What it waits for.
    enum class Step : std::uint8_t {
        prepared,
        plugging,
        settling,
        uplink,
        ready,
        open,
        ending,
        over,
    };

    void spawn(bool wipe);
    bool take_step();
    void make_ends();
    void connect();
    bool plug_next();
    bool has_settled();
    bool settle();
    bool take_uplink();
    void go_on(Step step, std::chrono::milliseconds patience);
    bool has(Report::Kind kind);
    void require_alive();
    void finish();
    void fail(const std::string& why);
    bool is_alive() const;

    Lab& lab_;
    NodeId id_;
    const RevivalCalls& calls_;
    StartGate gate_{1};
    UniqueFd reading_;
    UniqueFd writing_;
    ReportReader reader_;
    int reached_ = -1; ///< the last kind of report
    Step step_ = Step::prepared;
    Time give_up_;
    std::vector<std::pair<std::size_t, std::size_t>>
        ends_;                            ///< cables and their sides, to be plugged
    std::vector<int> cut_;                ///< interfaces whose cables stay down
    std::vector<std::size_t> plugged_in_; ///< cables without a noted carrier yet
    std::optional<Settling> settling_;
    Time noted_by_;
    std::optional<std::string> uplink_;
    std::string no_uplink_;
    std::string failure_;
};

} // namespace netlab
