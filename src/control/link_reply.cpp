#include "control/link_reply.h"

#include "base/diagnostic.h"
#include "control/frame.h"
#include "control/link_answer.h"
#include "fault/link_targets.h"
#include "lab/recable.h"

#include <set>

#include <spdlog/spdlog.h>

namespace netlab {

namespace {

using std::chrono::steady_clock;

constexpr std::size_t most_links = 500; ///< in one frame

std::vector<LinkId> select(const Plan& plan, const std::vector<std::string>& targets) {
    std::set<LinkId> links; // in file order, each once
    for (const auto& target :
         select_links(plan, targets.empty() ? std::vector<std::string>{"all"} : targets)) {
        links.insert(target.link);
    }
    return {links.begin(), links.end()};
}

std::vector<std::string> describe(Lab& lab, const std::vector<LinkId>& links) {
    std::vector<std::string> frames;
    Reply reply;
    for (const auto id : links) {
        if (reply.links.size() == most_links) {
            reply.last = false;
            frames.push_back(to_json(reply));
            reply.links.clear();
        }
        reply.links.push_back(describe_link(lab, id));
    }
    reply.last = true;
    frames.push_back(to_json(reply));
    return frames;
}

std::string refusal(const std::runtime_error& error) {
    Reply reply;
    reply.error = error.what();
    reply.refused = true;
    return to_json(reply);
}

} // namespace

LinkReply::LinkReply(Lab& lab, const Request& request) {
    try {
        frames_ = describe(lab, carry_out(lab, request));
    } catch (const InputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        spdlog::warn("{}", error.what());
        frames_ = {refusal(error)};
        plugged_in_.clear();
    }
}

std::vector<LinkId> LinkReply::carry_out(Lab& lab, const Request& request) {
    if (request.kind != Request::Kind::change) {
        return select(lab.plan, request.change.targets);
    }
    auto changed = change_links(lab, request.change);
    plugged_in_ = std::move(changed.plugged_in);
    // Without the link watcher's haste it notes 100 at once, and then 200 in a second.
    give_up_ = steady_clock::now() + std::chrono::seconds{2};
    return changed.links;
}

bool LinkReply::is_due(const Lab& lab) {
    pass_over_noted(lab, plugged_in_);
    return plugged_in_.empty() || steady_clock::now() > give_up_;
}

void LinkReply::send(const UniqueFd& socket) const {
    for (const auto& frame : frames_) {
        send_frame(socket, frame);
    }
}

} // namespace netlab
