#include "control/selection.h"
#include "scenario/step_title.h"
#include "trial/addresses.h"
#include "trial/checks.h"
#include "trial/icmp.h"
#include "trial/lab_visit.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr Duration hop_patience = 1s; // of each hop
constexpr int most_hops = 64;
constexpr int hop_tries = 2;

/// Who answers a request that lives for so many hops. nullopt: nobody.
std::optional<IcmpAnswer> ask_hop(IcmpSocket& socket, const IpAddress& to, int hops) {
    for (int attempt = 0; attempt < hop_tries; ++attempt) {
        const auto sequence = static_cast<std::uint16_t>(hops * hop_tries + attempt);
        if (!socket.send(to, sequence, hops)) {
            return std::nullopt;
        }
        const auto deadline = TrialClock::now() + hop_patience / hop_tries;
        for (auto now = TrialClock::now(); now < deadline; now = TrialClock::now()) {
            ::pollfd wait{socket.fd(), POLLIN, 0};
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
            ::poll(&wait, 1, static_cast<int>(left.count()));
            const auto answer = socket.receive();
            if (answer && answer->sequence / hop_tries == hops) {
                return answer;
            }
        }
    }
    return std::nullopt;
}

/// The addresses along the way; an empty text for a hop that does not say who it is.
std::vector<std::string> trace(const IpAddress& to, Family family) {
    IcmpSocket socket{family, static_cast<std::uint16_t>(::getpid())};
    std::vector<std::string> hops;
    int silent = 0;
    for (int hop = 1; hop <= most_hops && silent < 2; ++hop) {
        const auto answer = ask_hop(socket, to, hop);
        silent = answer ? 0 : silent + 1;
        hops.push_back(answer ? to_string(answer->from) : "");
        if (answer && answer->kind != IcmpAnswer::Kind::time_exceeded) {
            break;
        }
    }
    return hops;
}

bool is_hop(const std::string& expected, const std::string& address,
            const std::map<IpAddress, std::string>& names) {
    const auto parsed = parse_address(address);
    const auto name = parsed ? names.find(*parsed) : names.end();
    return expected == address || (name != names.end() && name->second == expected);
}

std::string shown(const std::string& address, const std::map<IpAddress, std::string>& names) {
    const auto parsed = parse_address(address);
    const auto name = parsed ? names.find(*parsed) : names.end();
    return address.empty() ? "*" : name == names.end() ? address : name->second;
}

} // namespace

Finding check_path(const std::filesystem::path& lab, const Plan& plan, const PathSubject& subject) {
    const auto& from = plan.nodes[index(select_nodes(plan, subject.between.from).at(0))];
    const auto& to = plan.nodes[index(select_nodes(plan, subject.between.to).at(0))];
    const auto families = common_families(from, to, subject.between.family);
    if (families.empty()) {
        throw std::runtime_error{from.name + " and " + to.name + " have no address of one family"};
    }
    LabVisit visit{lab};
    visit.enter(from.name);
    const auto names = names_by_address(plan);
    std::vector<Mismatch> mismatches;
    std::string measured;
    for (const auto family : families) {
        const auto hops = trace(*address_of(to, family), family);
        bool same = hops.size() == subject.hops.size();
        std::vector<std::string> way;
        for (std::size_t i = 0; i < hops.size(); ++i) {
            way.push_back(shown(hops[i], names));
            same = same && is_hop(subject.hops[i], hops[i], names);
        }
        measured = joined(way, " > ");
        if (!same) {
            const auto* word = family == Family::ipv4 ? "IPv4" : "IPv6";
            mismatches.push_back({fmt::format("{} path {}", word, joined(subject.hops, " > ")),
                                  way.empty() ? "nothing answers" : measured});
        }
    }
    return finding(mismatches, measured);
}

} // namespace netlab
