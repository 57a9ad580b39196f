#include "lab/lab_ground.h"

#include "image/ground.h"
#include "sys/text_file.h"

#include <exception>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace netlab {

void LabGround::prepare(UniqueFd place, UniqueFd owners) {
    place_ = std::move(place);
    owners_ = std::move(owners);
}

void LabGround::lay() {
    if (!place_) {
        return;
    }
    try {
        const auto text = read_file(fmt::format("/proc/self/fd/{}", owners_.get()));
        lay_ground(place_, parse_owners(text));
    } catch (const std::exception& error) {
        spdlog::warn("the nodes' /etc, /var, /home, … stay read-only: {}", error.what());
    }
    place_.reset();
    owners_.reset();
}

} // namespace netlab
