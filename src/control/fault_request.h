#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// What a command asks of a lab's faults: to part nodes, or to heal.
struct FaultRequest {
    std::vector<std::string> words; ///< of a partition: the sides, or the nodes of a shape
                                    ///< (patterns of select_nodes); to heal: ids
    std::string shape;              ///< halves, bridge, ring, majority-ring, isolate:NODE; or empty
    std::optional<std::uint64_t> seed; ///< of a shape
    bool one_way = false;
    bool cut = false;      ///< links go down that keep two sides apart,
    bool cheapest = false; ///< the cheapest by `cost`, not the fewest
    std::string name;      ///< that the fault is to have; empty: the next of p1, p2, …
    bool all = false;      ///< to heal: whatever is broken
};

/// What is broken in a lab.
struct FaultAnswer {
    std::string id;
    std::string kind; ///< partition, cut, link, pause, kill, clock
    std::string what; ///< in a line
    std::string command;
    double since = 0; ///< seconds since 1970
    /// Of a partition: what the nodes named first send does not reach those named second.
    std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> apart{};
    std::vector<std::string> links{}; ///< of a cut and of a link
    std::vector<std::string> nodes{}; ///< of a pause, a kill and a clock
    std::string refusal{};            ///< why it could not be healed; empty: it is
};

} // namespace netlab
