#pragma once

#include "node/log_ring.h"
#include "sys/unique_fd.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace netlab {

enum class ServiceState : std::uint32_t {
    waiting,  ///< was not started yet
    starting, ///< runs, and is not ready yet
    ready,
    restarting, ///< has ended, and is started again in a moment
    stopping,   ///< was told to end
    stopped,    ///< has ended because it was told to
    ended,      ///< has ended with exit code 0, and is not started again
    failed,     ///< has ended otherwise, and is not started again
};

/// `waiting`, `starting`, …
const char* to_string(ServiceState state);

/// What is true of a service now.
struct ServiceStatus {
    std::atomic<ServiceState> state;
    std::atomic<std::int32_t> pid;         ///< as the node numbers processes; 0 if it does not run
    std::atomic<std::uint32_t> restarts;   ///< by its restart policy
    std::atomic<std::int32_t> exit_status; ///< of the last end, as wait(2) has it; -1 before it
    std::atomic<std::uint64_t> since;      ///< when it was started or has ended: ns since 1970
};

/// The memory in which a node's PID 1 shows how its services are, and keeps their logs: a memfd
/// whose size cannot be changed, so that reading it cannot fail. With the last process that holds
/// it, it is gone.
class ServiceBoard {
public:
    enum class Access : std::uint8_t { read, write };

    /// A new board for so many services, `log_bytes` (a multiple of 4096) of log for each. Memory
    /// is taken as logs fill it. Throws std::system_error.
    static UniqueFd make(std::size_t services, std::size_t log_bytes);

    /// Throws std::system_error, and std::runtime_error if it is no board for so many services.
    ServiceBoard(int fd, std::size_t services, Access access);
    ServiceBoard(ServiceBoard&& other) noexcept;
    ServiceBoard& operator=(ServiceBoard&&) = delete;
    ~ServiceBoard();

    ServiceStatus& status(std::size_t service) const;
    LogWriter writer(std::size_t service) const;
    LogReader reader(std::size_t service) const;

private:
    LogHeader& header(std::size_t service) const;
    std::span<std::byte> log(std::size_t service) const;

    std::span<std::byte> memory_;
    std::size_t services_;
    std::size_t log_bytes_;
};

} // namespace netlab
