#pragma once

#include "node/readiness.h"
#include "node/service_board.h"
#include "node/service_spec.h"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <sys/types.h>

namespace netlab {

/// A service as its node's PID 1 keeps it: started, logged, started again, stopped. Nothing here
/// waits.
class KeptService {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// How an order to start it went so far.
    enum class Verdict : std::uint8_t { pending, ready, failed };

    /// `spec` and the board's memory outlive this.
    KeptService(const ServiceSpec& spec, ServiceStatus& status, LogWriter log, LogReader tail);

    /// Starts it unless it runs; if it is just being stopped, once it has ended.
    void start(Time now);
    /// Has it end: its own signal, and SIGKILL after `patience` (0: its own). It is not started
    /// again.
    void stop(Time now, std::chrono::milliseconds patience);

    /// Does what is due.
    void tick(Time now);
    /// When tick is to be called at the latest.
    Time next() const;
    void add_polls(std::vector<pollfd>& polls) const;
    /// Moves what it has printed into its log.
    void read_output();
    /// A child of PID 1 has ended; whether it was this one's.
    bool take_end(pid_t pid, int status, Time now);

    Verdict verdict(Time now) const;
    /// Why it failed, with the last lines of its log.
    std::string failure() const;
    bool is_stopped() const { return state() == ServiceState::stopped; }
    const std::string& name() const { return spec_.name; }

private:
    ServiceState state() const { return status_.state.load(std::memory_order_relaxed); }
    void become(ServiceState state);
    void launch(Time now);
    void note(const std::string& text);
    void main_ended(int status, Time now);
    void try_to_finish_stop(Time now);
    void signal_group(int signal) const;
    bool group_is_empty() const;

    const ServiceSpec& spec_;
    ServiceStatus& status_;
    LogWriter log_;
    LogReader tail_;
    ReadinessProbe probe_;
    std::array<UniqueFd, 2> output_; ///< the reading ends of stdout and stderr
    std::string refusal_;            ///< why it could not be forked when it was to be
    pid_t pid_ = 0;                  ///< 0: the main process has ended
    pid_t group_ = 0;                ///< its process group, which may outlive it
    Time started_;
    Time ready_by_;
    Time restart_at_;
    Time kill_at_;
    std::chrono::milliseconds delay_{};
    bool start_again_ = false;
    bool was_ready_ = false; ///< since the last order to start it
};

} // namespace netlab
