#include "lab/lab_wires.h"

#include "packet/tap.h"

namespace netlab {

void LabWires::connect(WireId id, const Cable& cable) {
    process().connect(id, cable.taps[0], cable.taps[1], cable.entering);
    for (const auto& tap : cable.taps) {
        set_tap_carrier(tap, true);
    }
}

void LabWires::shape(WireId id, const Cable& cable) {
    process().shape(id, cable.entering);
}

void LabWires::disconnect(WireId id, const Cable& cable) {
    for (const auto& tap : cable.taps) {
        set_tap_carrier(tap, false);
    }
    process().disconnect(id);
}

BothWays<WireCounters> LabWires::counters(WireId id) {
    return process().counters(id);
}

void LabWires::revive(const std::vector<Cable>& cables) {
    process_.reset();
    for (std::size_t i = 0; i < cables.size(); ++i) {
        if (cables[i].carriage == Carriage::wire && !cables[i].down) {
            connect(static_cast<WireId>(i), cables[i]);
        }
    }
}

WireProcess& LabWires::process() {
    if (!process_) {
        process_ = WireProcess::start("netlab: wires");
    }
    return *process_;
}

} // namespace netlab
