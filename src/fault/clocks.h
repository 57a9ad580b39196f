#pragma once

#include "base/ids.h"
#include "base/node_clock.h"
#include "lab/lab.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// What a command does to the wall clocks of nodes, in this order.
struct ClockChange {
    std::optional<ClockSetting> to;    ///< what it was at another time
    bool reset = false;                ///< back to what the topology file says
    std::optional<std::int64_t> drift; ///< from now on; see NodeClock
    std::optional<Duration> jump;

    bool any() const { return to || reset || drift || jump; }
};

/// The wall clocks of a lab's nodes, and which of them are not as the topology file says.
class Clocks {
public:
    /// A clock that a command has moved.
    struct Moved {
        NodeId node{};
        std::string what; ///< in a line
        std::string command;
        std::chrono::system_clock::time_point since;
    };

    explicit Clocks(Lab& lab) : lab_(lab) {}

    /// Changes the clocks of all these nodes, or of none; of one that does not run, what it starts
    /// with. Throws InputError for what cannot be, std::runtime_error for what the kernel refused.
    void change(const std::vector<NodeId>& nodes, const ClockChange& change,
                const std::string& command);

    /// In file order.
    std::vector<Moved> moved() const;

private:
    struct Origin {
        std::string command;
        std::chrono::system_clock::time_point since;
    };

    ClockSetting changed(NodeId id, const ClockChange& change) const;
    void carry_out(const std::vector<NodeId>& nodes, const std::vector<ClockSetting>& settings,
                   bool all);

    Lab& lab_;
    std::map<NodeId, Origin> moved_;
};

/// `+500ms`, `+500ms and gains 200ppm`: rounded, for people.
std::string describe(const NodeClock& clock);

} // namespace netlab
