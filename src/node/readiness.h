#pragma once

#include "node/command_output.h"
#include "node/launch.h"
#include "node/service_spec.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>
#include <sys/types.h>

namespace netlab {

/// Finds out whether a service is ready, from within its node and without ever waiting.
class ReadinessProbe {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// `service` outlives this.
    explicit ReadinessProbe(const ServiceSpec& service);

    /// The service was started: begins anew.
    void begin(Time now);
    /// Gives up: ends a command that is still asking.
    void end();
    /// What the service has printed.
    void hear(std::string_view bytes);
    bool listens() const { return active_ && std::holds_alternative<LogReadiness>(service_.ready); }
    /// Whether the service says itself how it is ready.
    bool is_explicit() const { return service_.ready.index() != 0; }

    /// Looks at what has come since, and asks again when it is time.
    void tick(Time now);
    /// When tick is to be called at the latest.
    Time next() const;
    void add_polls(std::vector<pollfd>& polls) const;
    /// A child of PID 1 has ended; whether it was this one's.
    bool take_end(pid_t pid, int status);

    bool is_ready() const { return ready_; }
    /// What kept it from being ready when it was last asked.
    std::string why_not() const;

private:
    static constexpr std::size_t shown_output = 500;

    void ask(Time now);
    void ask_port(const TcpReadiness& port);
    void ask_command(const CommandReadiness& command);
    void look_at_connections(Time now);

    const ServiceSpec& service_;
    bool active_ = false;
    bool ready_ = false;
    Time begun_;
    Time next_;
    Time asked_;
    std::chrono::milliseconds pause_{};
    std::vector<UniqueFd> connections_;
    pid_t command_ = 0;
    CommandOutput output_{shown_output};
    std::string last_refusal_;
    std::string heard_; ///< the end of what was heard, in which a text may have begun
};

} // namespace netlab
