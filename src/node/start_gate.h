#pragma once

#include "sys/shared_memory.h"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

namespace netlab {

/// Where the nodes of a lab wait for the supervisor while they start: one word of shared memory for
/// each node and a futex(2) on it. A pipe or socket for each node would cost descriptors that every
/// later clone has to copy.
class StartGate {
public:
    /// The steps in order; a node waits until its word has reached the one it needs.
    enum class Step : std::uint32_t { cloned, mapped, wired };

    /// For `nodes` nodes. Throws std::system_error.
    explicit StartGate(std::size_t nodes);
    /// The gate of another process, by its file. Throws std::system_error.
    explicit StartGate(UniqueFd file);

    void open(std::size_t node, Step step);
    /// Waits for at most `patience`; false when it passed first.
    bool wait(std::size_t node, Step step, std::chrono::seconds patience);
    /// Gives this process's share of the memory back, in which it could open the gate of others.
    void leave() { memory_.leave(); }
    const UniqueFd& file() const { return memory_.file(); }

private:
    std::atomic<std::uint32_t>& word(std::size_t node) const;

    SharedMemory memory_;
};

} // namespace netlab
