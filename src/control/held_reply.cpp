#include "control/held_reply.h"

#include "control/frame.h"
#include "control/request.h"
#include "lab/recable.h"

#include <utility>

#include <spdlog/spdlog.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

/// Without the link watcher's haste the kernel notes 100 carriers at once, and then 200 in a
/// second.
constexpr auto patience = std::chrono::seconds{2};

std::string refusal(const std::runtime_error& error) {
    spdlog::warn("{}", error.what());
    Reply reply;
    reply.error = error.what();
    reply.refused = true;
    return to_json(reply);
}

} // namespace

HeldReply::HeldReply(std::vector<std::string> frames, std::vector<std::size_t> plugged_in)
    : frames_(std::move(frames)), plugged_in_(std::move(plugged_in)),
      give_up_(steady_clock::now() + patience) {}

HeldReply::HeldReply(const std::runtime_error& error) : HeldReply({refusal(error)}, {}) {}

bool HeldReply::is_due(const Lab& lab) {
    pass_over_noted(lab, plugged_in_);
    return plugged_in_.empty() || steady_clock::now() > give_up_;
}

void HeldReply::send(const UniqueFd& socket) const {
    for (const auto& frame : frames_) {
        send_frame(socket, frame);
    }
}

} // namespace netlab
