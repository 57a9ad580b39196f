#include "control/link_reply.h"

#include "base/diagnostic.h"
#include "control/link_answer.h"
#include "fault/link_targets.h"

#include <set>
#include <utility>

namespace netlab {

namespace {

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

ChangedLinks carry_out(const Lab& lab, Faults& faults, const Request& request) {
    if (request.kind != Request::Kind::change) {
        return {select(lab.plan, request.change.targets), {}};
    }
    return faults.change_links(request.change, request.command);
}

} // namespace

HeldReply answer_links(Lab& lab, Faults& faults, const Request& request) {
    try {
        auto changed = carry_out(lab, faults, request);
        return {describe(lab, changed.links), std::move(changed.plugged_in)};
    } catch (const InputError&) {
        throw;
    } catch (const std::runtime_error& error) {
        return HeldReply{error};
    }
}

} // namespace netlab
