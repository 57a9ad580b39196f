#pragma once

#include "cli/service_usage.h"
#include "cli/visit_nodes.h"
#include "control/client.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// Frames and bytes since the interface was made.
struct Traffic {
    std::uint64_t rx_packets = 0, rx_bytes = 0, tx_packets = 0, tx_bytes = 0;
};

/// The counters of some nodes at one time.
struct TopSample {
    std::chrono::steady_clock::time_point time;
    std::map<std::string, Usage> nodes;
    std::map<std::pair<std::string, std::string>, Traffic> interfaces; ///< by node and interface
};

/// What happens in a second.
struct TrafficRate {
    double rx_packets = 0, rx_bits = 0, tx_packets = 0, tx_bits = 0;
};

struct NodeRates {
    std::string name;
    bool stopped = false;
    std::size_t processes = 0;
    double cpu = 0; ///< of one processor
    std::uint64_t memory = 0;
    TrafficRate traffic; ///< of all its interfaces but lo
};

struct LinkRates {
    std::string name;
    std::vector<std::pair<std::string, TrafficRate>>
        ends; ///< `r1:eth0`, and what it sends and gets
};

/// The rates between two samples.
struct TopRates {
    double seconds = 0;
    std::vector<NodeRates> nodes;
    std::vector<LinkRates> links;
};

/// Reads nodes and links again and again.
class TopSource {
public:
    /// Moves this process into the lab's user and mount namespaces for good. Throws InputError,
    /// std::system_error.
    TopSource(LabClient& client, const std::vector<std::string>& patterns);

    TopSample sample();
    /// Links with an end at the selected nodes.
    TopRates rates(const TopSample& before, const TopSample& now) const;

private:
    LabClient& client_;
    NodeVisits visits_;
    std::vector<std::string> patterns_;
    std::vector<NodeAnswer> nodes_;
    std::vector<LinkAnswer> links_;
};

} // namespace netlab
