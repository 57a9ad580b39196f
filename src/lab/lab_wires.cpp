#include "lab/lab_wires.h"

#include "packet/tap.h"
#include "sys/end_child.h"

#include <spdlog/spdlog.h>

namespace netlab {

template <class Request>
auto LabWires::ask(const Request& request) {
    try {
        return request(process());
    } catch (const std::system_error& error) {
        if (process_ &&
            (error.code() == std::errc::timed_out || error.code() == std::errc::broken_pipe)) {
            // It may do later what it was asked, when everybody has been told that it was not done.
            // What has not ended after this long is in one write of the kernel's, and does no more.
            end_child(process_->pid(), std::chrono::seconds{5});
            lose();
        }
        throw;
    }
}

void LabWires::lose() {
    process_.reset();
    lost_ = true;
}

void LabWires::connect(WireId id, const Cable& cable) {
    ask([&](WireProcess& process) {
        process.connect(id, cable.taps[0], cable.taps[1], cable.entering);
    });
    for (const auto& tap : cable.taps) {
        set_tap_carrier(tap, true);
    }
}

void LabWires::shape(WireId id, const Cable& cable) {
    ask([&](WireProcess& process) { process.shape(id, cable.entering); });
}

void LabWires::disconnect(WireId id, const Cable& cable) {
    for (const auto& tap : cable.taps) {
        set_tap_carrier(tap, false);
    }
    ask([&](WireProcess& process) {
        try {
            process.disconnect(id);
        } catch (const std::system_error& error) {
            if (error.code() != std::errc::no_such_file_or_directory) {
                throw;
            }
        }
    });
}

std::optional<BothWays<WireCounters>> LabWires::counters(WireId id) {
    try {
        return ask([&](WireProcess& process) { return process.counters(id); });
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::no_such_file_or_directory) {
            throw;
        }
        return std::nullopt;
    }
}

void LabWires::revive(const std::vector<Cable>& cables) {
    process_.reset();
    lost_ = true;
    for (std::size_t i = 0; i < cables.size(); ++i) {
        if (cables[i].carriage != Carriage::wire || cables[i].down) {
            continue;
        }
        try {
            connect(static_cast<WireId>(i), cables[i]);
        } catch (const std::system_error& error) {
            if (!process_) {
                throw;
            }
            spdlog::warn("wire {} passes nothing: {}", i, error.what());
        }
    }
    lost_ = false;
}

WireProcess& LabWires::process() {
    if (!process_) {
        process_ = WireProcess::start("netlab: wires");
    }
    return *process_;
}

} // namespace netlab
