#pragma once

#include "sys/unique_fd.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace netlab {

/// What the supervisor tells the PID 1 of a node to do with its services.
struct ServiceOrder {
    enum class Verb : std::uint8_t { start, stop };
    static constexpr std::uint32_t whole_node = ~0U;

    std::uint32_t number = 0; ///< the outcome carries it too
    Verb verb = Verb::start;
    std::uint32_t service = whole_node;    ///< stop: whole_node means every process of the node
    std::chrono::milliseconds patience{0}; ///< before SIGKILL; 0: each service's own
};

/// How an order went: empty when all is as it was to be.
struct OrderOutcome {
    std::uint32_t number = 0;
    std::string failure;
};

/// The two ends of the line between the supervisor and a node's PID 1.
struct ServiceLine {
    UniqueFd supervisor; ///< does not wait
    UniqueFd node;       ///< does not wait

    /// Throws std::system_error.
    static ServiceLine open();
};

/// False if the line is full or its other end gone.
bool send_order(int line, const ServiceOrder& order);
bool send_outcome(int line, const OrderOutcome& outcome);

/// The next message; nullopt if there is none now. What is not of the form is passed over as none.
/// `gone` becomes true when the other end is.
std::optional<ServiceOrder> receive_order(int line, bool& gone);
std::optional<OrderOutcome> receive_outcome(int line, bool& gone);

} // namespace netlab
