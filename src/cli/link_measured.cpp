#include "cli/link_measured.h"

#include <algorithm>
#include <array>

namespace netlab {

std::optional<bool> agrees(const ProbeVerdict& verdict) {
    std::optional<bool> all;
    for (const auto& one :
         std::array{verdict.delay, verdict.jitter, verdict.loss, verdict.duplicate, verdict.corrupt,
                    verdict.reorder, verdict.rate}) {
        if (one) {
            all = all.value_or(true) && *one;
        }
    }
    return all;
}

std::optional<bool> agrees(const MeasuredLink& measured) {
    std::optional<bool> all;
    for (const auto& direction : measured.directions) {
        if (const auto one = agrees(direction.verdict)) {
            all = all.value_or(true) && *one;
        }
    }
    return all;
}

Impairment to_impairment(const Properties& properties) {
    Impairment impairment;
    for (const auto& [key, text] : properties) {
        if (key == "trace") {
            // Its name is all that is known here.
            impairment.trace.trace = std::make_shared<const Trace>(Trace{text, {}});
        } else {
            set_property(impairment, key, text);
        }
    }
    return impairment;
}

} // namespace netlab
