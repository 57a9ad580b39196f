#pragma once

#include "lab/lab.h"
#include "lab/revive.h"
#include "node/service_order.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// Services or whole nodes to be stopped or started.
struct ErrandRequest {
    ServiceOrder::Verb verb = ServiceOrder::Verb::start;
    std::vector<NodeId> nodes;
    std::optional<std::uint32_t> service;  ///< of the one node; nullopt: all, and what else runs
    std::chrono::milliseconds patience{0}; ///< of a stop, before SIGKILL; 0: each service's own
    bool wipe = false;                     ///< of a start: killed nodes start without their files
};

/// An errand that is over, and what did not go well, in words.
struct ErrandResult {
    std::uint64_t id = 0;
    std::vector<std::string> failures;
};

/// Stops and starts services and nodes of a running lab without waiting for any: a node's PID 1 is
/// told what to do, and says how it went; what has no services is swept from outside; a node that
/// does not run starts again (see Revival). Nothing that comes from a node is relied on.
class ServiceErrands {
public:
    /// Throws std::system_error.
    ServiceErrands(Lab& lab, RevivalCalls calls);

    /// Begins an errand and returns its number. Started nodes wait for those of the same errand
    /// that they depend on. Throws InputError if a node is on another errand, or cannot start.
    std::uint64_t begin(const ErrandRequest& request);
    /// The errand that has a part in a node; none: 0.
    std::uint64_t errand_about(NodeId node) const;
    /// Gives a node that starts again its uplink: see Revival. Of no other, nothing happens.
    void give_uplink(NodeId node, const std::string& text, UniqueFd holder);
    void refuse_uplink(NodeId node, const std::string& why);

    /// Becomes readable when a node has said something.
    int fd() const { return epoll_.get(); }
    /// When to call `advance` at the latest, in milliseconds; -1: only when `fd` is readable or a
    /// child has ended.
    int patience() const;
    /// Goes on with all errands; those that are over.
    std::vector<ErrandResult> advance();

private:
    using Time = std::chrono::steady_clock::time_point;

    /// A node's part of an errand.
    struct Part {
        NodeId node{};
        enum class Step : std::uint8_t {
            waiting,
            ordered,
            sweeping,
            reviving,
            done
        } step = Step::waiting;
        std::uint32_t number = 0; ///< of the order
        pid_t sweep = 0;
        Time give_up;
        std::string failure;
        std::unique_ptr<Revival> revival{};
    };
    struct Errand {
        std::uint64_t id = 0;
        ErrandRequest request;
        std::vector<Part> parts;
    };

    void begin_part(Errand& errand, Part& part);
    void begin_sweep(const Errand& errand, Part& part);
    void begin_revival(const Errand& errand, Part& part);
    void refuse_impossible(const ErrandRequest& request) const;
    void watch(NodeId id);
    void advance_revivals();
    Revival* revival_of(NodeId node);
    static void finish(Part& part, const std::string& failure = {});
    void hear(NodeId node);
    void take_outcome(NodeId node, const OrderOutcome& outcome);
    void take_sweeps();
    void give_up_on_late();
    void begin_what_may(Errand& errand);
    static bool is_over(const Errand& errand);
    std::chrono::milliseconds longest(const Errand& errand, NodeId node) const;

    Lab& lab_;
    RevivalCalls calls_;
    UniqueFd epoll_;
    std::vector<Errand> errands_;
    std::uint64_t next_id_ = 1;
    std::uint32_t next_number_ = 1;
};

} // namespace netlab
