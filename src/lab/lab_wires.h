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
    /// Throws std::system_error.
    BothWays<WireCounters> counters(WireId id);

    /// Whether `pid` is the wire process.
    bool is(pid_t pid) const { return process_ && process_->pid() == pid; }
    /// Starts the process anew after its death: all cables that it carried go on with the same
    /// TAPs, which have lived on here. Frames that were under way are lost. Throws
    /// std::system_error.
    void revive(const std::vector<Cable>& cables);

private:
    WireProcess& process();

    std::optional<WireProcess> process_;
};

} // namespace netlab
