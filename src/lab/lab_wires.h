#pragma once

#include "lab/cable.h"

#include <optional>
#include <vector>

#include <sys/types.h>

namespace netlab {

/// The wire process of a lab, started when the first cable needs it.
class LabWires {
public:
    /// Lets frames pass between the TAPs of a cable, and gives both a carrier. `id` is the cable's
    /// place in lab.cables. Throws std::system_error.
    void connect(WireId id, const Cable& cable);
    /// Throws std::system_error.
    void shape(WireId id, const Cable& cable);
    /// Takes the carrier from the TAPs of a cable; what is under way is lost. Throws
    /// std::system_error.
    void disconnect(WireId id, const Cable& cable);
    /// nullopt if the process does not know the wire. Throws std::system_error.
    std::optional<BothWays<WireCounters>> counters(WireId id);

    /// Whether the process has ended or did not answer in time, and was killed for that: what it
    /// was asked last may have been done or not. revive() makes all as the cables say.
    bool are_lost() const { return lost_; }
    /// Takes note of the end of the process, which has been waited for.
    void lose();
    /// Whether `pid` is the wire process.
    bool is(pid_t pid) const { return process_ && process_->pid() == pid; }
    /// Starts the process anew after its death: all cables that it carried go on with the same
    /// TAPs, which have lived on here, but for those whose interfaces are gone. Frames that were
    /// under way are lost. Throws std::system_error if there is no process.
    void revive(const std::vector<Cable>& cables);

private:
    WireProcess& process();
    /// Calls `request` with the process, which is lost if it does not answer.
    template <class Request>
    auto ask(const Request& request);

    std::optional<WireProcess> process_;
    bool lost_ = false;
};

} // namespace netlab
