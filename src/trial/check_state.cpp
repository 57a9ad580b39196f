#include "base/diagnostic.h"
#include "base/quote.h"
#include "control/selection.h"
#include "netlink/read.h"
#include "scenario/step_title.h"
#include "sys/check.h"
#include "trial/addresses.h"
#include "trial/checks.h"
#include "trial/lab_visit.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr std::size_t most_of_a_file = 16UL << 20U;

std::string shown(const RouteState& route, const std::map<IpAddress, std::string>& names) {
    std::vector<std::string> hops;
    for (const auto& hop : route.hops) {
        const auto name = hop.via ? names.find(*hop.via) : names.end();
        hops.push_back(name != names.end() ? name->second + " (" + to_string(*hop.via) + ")"
                       : hop.via           ? to_string(*hop.via)
                                           : "dev " + hop.interface);
    }
    return fmt::format("{} via {}", to_string(route.to), fmt::join(hops, ", "));
}

bool goes_via(const RouteState& route, const std::string& via,
              const std::map<IpAddress, std::string>& names) {
    return std::ranges::any_of(route.hops, [&](const RouteHopState& hop) {
        const auto name = hop.via ? names.find(*hop.via) : names.end();
        return hop.interface == via || (hop.via && to_string(*hop.via) == via) ||
               (name != names.end() && name->second == via);
    });
}

bool is_to(const RouteState& route, const std::string& to) {
    if (to == "default") {
        return route.to.length == 0;
    }
    const auto prefix = parse_interface_address(to);
    return prefix && prefix->subnet() == route.to;
}

void judge_routes(const std::string& node, const RouteSubject& subject,
                  const std::map<IpAddress, std::string>& names,
                  std::vector<Mismatch>& mismatches) {
    std::vector<std::string> there;
    bool good = false;
    for (const auto& route : Reader{}.routes()) {
        if (is_to(route, subject.to)) {
            there.push_back(shown(route, names));
            good = good || std::ranges::all_of(subject.via, [&](const std::string& via) {
                       return goes_via(route, via, names);
                   });
        }
    }
    if (good != subject.present) {
        mismatches.push_back(
            {fmt::format("{} has {}route to {}{}", node, subject.present ? "a " : "no ", subject.to,
                         subject.via.empty() ? "" : " via " + joined(subject.via, ", ")),
             there.empty() ? "no route to it" : joined(there, "; ")});
    }
}

/// The file's content; nullopt if there is none.
std::optional<std::string> content_of(const std::string& path) {
    // A FIFO must not be waited for.
    const UniqueFd file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR) {
            return std::nullopt;
        }
        throw_errno(errno, "open " + quoted(path));
    }
    std::string text;
    for (std::size_t got = 1; got > 0 && text.size() < most_of_a_file;) {
        constexpr std::size_t piece = 65536;
        const auto before = text.size();
        text.resize(before + piece);
        got = static_cast<std::size_t>(
            check(::read(file.get(), text.data() + before, piece), "read {}", quoted(path)));
        text.resize(before + got);
    }
    return text;
}

} // namespace

Finding finding(const std::vector<Mismatch>& mismatches, const std::string& measured) {
    auto list = nlohmann::json::array();
    for (const auto& one : mismatches) {
        list.push_back({{"expected", one.expected}, {"actual", one.actual}});
    }
    return {{"mismatches", std::move(list)}, {"measured", measured}};
}

std::vector<Mismatch> mismatches_of(const Finding& finding) {
    std::vector<Mismatch> mismatches;
    for (const auto& one : finding.value("mismatches", nlohmann::json::array())) {
        mismatches.push_back({one.value("expected", ""), one.value("actual", "")});
    }
    return mismatches;
}

Finding check_route(const std::filesystem::path& lab, const Plan& plan,
                    const RouteSubject& subject) {
    LabVisit visit{lab};
    const auto names = names_by_address(plan);
    std::vector<Mismatch> mismatches;
    for (const auto id : select_nodes(plan, subject.nodes)) {
        const auto& node = plan.nodes[index(id)].name;
        visit.enter(node);
        judge_routes(node, subject, names, mismatches);
    }
    return finding(mismatches);
}

Finding check_file(const std::filesystem::path& lab, const Plan& plan, const FileSubject& subject) {
    LabVisit visit{lab};
    std::vector<Mismatch> found;
    for (const auto id : select_nodes(plan, subject.nodes)) {
        const auto& node = plan.nodes[index(id)].name;
        visit.enter_files(node);
        const auto text = content_of(subject.path);
        const auto what = fmt::format("{}:{}", node, subject.path);
        if (text.has_value() != subject.present) {
            found.push_back({fmt::format("{} is {}", what, subject.present ? "there" : "not there"),
                             text ? "it is" : "it is not"});
        } else if (text) {
            const auto wrong = mismatches(subject.text, *text, what);
            found.insert(found.end(), wrong.begin(), wrong.end());
        }
    }
    return finding(found);
}

Finding check_service(const std::filesystem::path& lab, const Plan& plan,
                      const ServiceSubject& subject) {
    (void)plan;
    std::vector<Mismatch> mismatches;
    for (const auto& node : LabClient{lab}.nodes(subject.nodes)) {
        bool any = false;
        for (const auto& service : node.services) {
            if (!subject.service.empty() && service.name != subject.service) {
                continue;
            }
            any = true;
            if (service.state != subject.state) {
                mismatches.push_back(
                    {fmt::format("{}/{} is {}", node.name, service.name, subject.state),
                     service.state});
            }
        }
        if (!any && !subject.service.empty()) {
            mismatches.push_back(
                {fmt::format("{}/{} is {}", node.name, subject.service, subject.state),
                 node.running ? "there is no such service" : "the node is down"});
        }
    }
    return finding(mismatches);
}

} // namespace netlab
