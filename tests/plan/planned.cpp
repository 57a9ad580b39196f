#include "plan/planned.h"

#include "plan/plan_text.h"

#include <algorithm>
#include <stdexcept>

namespace netlab::test {

Plan planned(const Topology& topology) {
    Diagnostics diagnostics;
    auto plan = make_plan(topology, diagnostics);
    for (const auto& diagnostic : diagnostics.all()) {
        if (diagnostic.severity == Severity::error) {
            throw std::runtime_error{"the plan has an error: " + diagnostic.message};
        }
    }
    return plan;
}

std::vector<std::string> messages(const Topology& topology, Severity severity) {
    Diagnostics diagnostics;
    make_plan(topology, diagnostics);
    std::vector<std::string> found;
    for (const auto& diagnostic : diagnostics.all()) {
        if (diagnostic.severity == severity) {
            found.push_back(diagnostic.message);
        }
    }
    return found;
}

std::string only_message(const Topology& topology, Severity severity) {
    const auto found = messages(topology, severity);
    if (found.size() != 1) {
        std::string all;
        for (const auto& message : found) {
            all += "\n  " + message;
        }
        throw std::runtime_error{"not one message but " + std::to_string(found.size()) + all};
    }
    return found.front();
}

std::string text_of(const Plan& plan) {
    std::string text;
    write_plan_text(plan, [&](std::string_view piece) { text += piece; });
    return text;
}

const NodePlan& node(const Plan& plan, const std::string& name) {
    return *std::find_if(plan.nodes.begin(), plan.nodes.end(),
                         [&](const NodePlan& candidate) { return candidate.name == name; });
}

std::string addresses(const Plan& plan, const std::string& name, const std::string& interface) {
    std::string text;
    for (const auto& candidate : node(plan, name).interfaces) {
        if (candidate.name == interface) {
            for (const auto& address : candidate.addresses) {
                text += (text.empty() ? "" : " ") + to_string(address);
            }
        }
    }
    return text;
}

std::vector<std::string> routes(const Plan& plan, const std::string& name, Family family) {
    std::vector<std::string> texts;
    for (const auto& route : node(plan, name).routes) {
        if (route.to.family() != family) {
            continue;
        }
        auto text = to_string(route.to);
        for (const auto& hop : route.next_hops) {
            text += (hop.via ? " via " + to_string(*hop.via) : " on") + " " + hop.interface;
        }
        texts.push_back(text);
    }
    return texts;
}

} // namespace netlab::test
