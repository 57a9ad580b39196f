#pragma once

#include "impairments.h"
#include "packet/tap.h"
#include "packet/wire_process.h"
#include "support/world.h"

#include <functional>
#include <string>
#include <vector>

namespace netlab::test {

/// left:wire0 (10.0.0.1, fd00::1) --- right:wire0 (10.0.0.2, fd00::2), each end in a network
/// namespace of its own and known to the other by a fixed MAC address, so that nothing but what a
/// test sends goes over the wire.
class TwoNodes {
public:
    explicit TwoNodes(std::uint32_t mtu = 1500);

    const Neighbour& left() const { return left_; }
    const Neighbour& right() const { return right_; }
    BothWays<UniqueFd>& taps() { return taps_; }

    void carrier(bool on);
    /// Sends one frame from the left node by a packet socket, as it is.
    void send_from_left(const std::string& frame) const;

private:
    Neighbour left_;
    Neighbour right_;
    BothWays<UniqueFd> taps_;
};

/// The sequence numbers of those of `count` echo requests that were answered, sent from the left.
std::vector<int> answered_pings(const TwoNodes& nodes, int count, const std::string& options = "");
/// Whether so many bytes get from the left to the right by TCP, whole.
bool sent_by_tcp(const TwoNodes& nodes, int bytes);
/// Frames that wire0 of the node has received.
std::uint64_t received_packets(const Neighbour& node);

/// Whether `true_now` becomes true within ten seconds.
bool eventually(const std::function<bool()>& true_now);
bool is_zombie(pid_t pid);
/// Whether the process is left alone for a tenth of a second: nothing wakes it up.
bool sleeps_on(pid_t pid);

/// The process of the wires, ended and reaped when this goes.
class ReapedWires {
public:
    explicit ReapedWires(FrameCalls calls = FrameCalls::batched);
    ~ReapedWires();
    ReapedWires(const ReapedWires&) = delete;
    ReapedWires& operator=(const ReapedWires&) = delete;

    WireProcess* operator->() { return &process_; }
    const WireProcess* operator->() const { return &process_; }

private:
    WireProcess process_;
};

} // namespace netlab::test
