#include "fault/link_targets.h"

#include "base/diagnostic.h"
#include "base/hostlist.h"
#include "base/nearest_word.h"
#include "base/quote.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

namespace netlab {

namespace {

class Selection {
public:
    explicit Selection(const Plan& plan) : plan_(plan) {
        for (std::size_t i = 0; i < plan.links.size(); ++i) {
            by_name_.emplace(plan.links[i].name, LinkTarget{link_id(i), {}});
            for (std::uint32_t end = 0; end < plan.links[i].ends.size(); ++end) {
                by_name_.emplace(name_of(plan.links[i].ends[end]), LinkTarget{link_id(i), end});
            }
        }
    }

    void add(const std::string& pattern, std::vector<LinkTarget>& out) const {
        if (pattern == "all" && !by_name_.contains(pattern)) {
            for (std::size_t i = 0; i < plan_.links.size(); ++i) {
                out.push_back({link_id(i), {}});
            }
            return;
        }
        const auto names = expand_hostlist(pattern);
        if (!names.error.empty()) {
            throw InputError{quoted(pattern) + ": " + names.error, hostlist_form};
        }
        for (const auto& name : names.names) {
            const auto found = by_name_.find(name);
            if (found == by_name_.end()) {
                refuse(name);
            }
            out.push_back(found->second);
        }
    }

private:
    std::string name_of(const LinkEnd& end) const {
        const auto& node = plan_.nodes[index(end.node)];
        return node.name + ":" + node.interfaces[end.interface].name;
    }

    [[noreturn]] void refuse(const std::string& name) const {
        const bool is_end = name.find(':') != std::string::npos;
        std::vector<std::string> candidates;
        for (const auto& [candidate, target] : by_name_) {
            if (target.end.has_value() == is_end) {
                candidates.push_back(candidate);
            }
        }
        std::ranges::sort(candidates); // of two that are as near, always the same is named
        auto hint = did_you_mean(name, candidates);
        if (name.ends_with(":lo")) {
            hint = "lo is the node's own, and no end of a link";
        }
        throw InputError{fmt::format("lab {} has no {} {}", plan_.name,
                                     is_end ? "end of a link called" : "link", quoted(name)),
                         hint.empty() ? "netlab link ls shows the links and their ends" : hint};
    }

    const Plan& plan_;
    std::unordered_map<std::string, LinkTarget> by_name_;
};

} // namespace

std::vector<LinkTarget> select_links(const Plan& plan, const std::vector<std::string>& patterns) {
    const Selection selection{plan};
    std::vector<LinkTarget> targets;
    for (const auto& pattern : patterns) {
        selection.add(pattern, targets);
    }
    return targets;
}

} // namespace netlab
