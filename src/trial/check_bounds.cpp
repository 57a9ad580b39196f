#include "base/impairment.h"
#include "control/selection.h"
#include "trial/addresses.h"
#include "trial/checks.h"
#include "trial/icmp.h"
#include "trial/lab_visit.h"
#include "trial/tcp_flow.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;
using Figure = BoundsSubject::Figure;

/// How long after the last request answers are waited for.
constexpr auto answer_patience = 1s;

/// Round-trip times in seconds of those requests that were answered.
std::vector<double> ping(const IpAddress& to, Family family, int count, Duration every) {
    IcmpSocket socket{family, static_cast<std::uint16_t>(::getpid())};
    std::vector<Instant> sent;
    std::vector<double> times;
    const auto begin = TrialClock::now();
    auto deadline = begin;
    while (static_cast<int>(sent.size()) < count || TrialClock::now() < deadline) {
        const auto next = begin + every * static_cast<std::int64_t>(sent.size());
        if (static_cast<int>(sent.size()) < count && TrialClock::now() >= next) {
            sent.push_back(TrialClock::now());
            socket.send(to, static_cast<std::uint16_t>(sent.size() - 1));
            deadline = TrialClock::now() + answer_patience;
        }
        while (const auto answer = socket.receive()) {
            if (answer->kind == IcmpAnswer::Kind::reply && answer->sequence < sent.size()) {
                times.push_back(
                    std::chrono::duration<double>{answer->when - sent[answer->sequence]}.count());
            }
        }
        if (static_cast<int>(sent.size()) == count && times.size() >= sent.size()) {
            break;
        }
        const auto until = static_cast<int>(sent.size()) < count
                               ? begin + every * static_cast<std::int64_t>(sent.size())
                               : deadline;
        const auto left = std::max<Duration>(until - TrialClock::now(), 0ms);
        ::pollfd wait{socket.fd(), POLLIN, 0};
        const ::timespec time{left / 1s, (left % 1s).count()};
        ::ppoll(&wait, 1, &time, nullptr);
    }
    return times;
}

std::string shown(Figure figure, double value) {
    switch (figure) {
    case Figure::rtt:
        return fmt::format("{:.3f}ms", value * 1e3);
    case Figure::loss:
        return fmt::format("{:.3g}%", value * 1e2);
    case Figure::throughput:
        return fmt::format("{:.3f}mbit", value / 1e6);
    }
    return {};
}

const char* name_of(Figure figure) {
    return figure == Figure::rtt ? "rtt" : figure == Figure::loss ? "loss" : "throughput";
}

Finding judge(const BoundsSubject& subject, std::optional<double> value,
              const std::string& measured) {
    std::vector<Mismatch> mismatches;
    const auto refuse = [&](const char* bound, double limit) {
        mismatches.push_back(
            {fmt::format("{} {} {}", name_of(subject.figure), bound, shown(subject.figure, limit)),
             measured});
    };
    if (subject.least && !(value && *value >= *subject.least)) {
        refuse("at least", *subject.least);
    }
    if (subject.most && !(value && *value <= *subject.most)) {
        refuse("at most", *subject.most);
    }
    return finding(mismatches, measured);
}

Finding judge_pings(const BoundsSubject& subject, std::vector<double> times) {
    const auto count = static_cast<double>(subject.count);
    const auto answered = static_cast<double>(times.size());
    if (subject.figure == Figure::loss) {
        return judge(subject, 1 - answered / count,
                     fmt::format("loss {} of {} packets", shown(Figure::loss, 1 - answered / count),
                                 subject.count));
    }
    if (times.empty()) {
        return judge(subject, std::nullopt, "nothing came back");
    }
    std::ranges::sort(times);
    const auto median = times[times.size() / 2];
    return judge(subject, median,
                 fmt::format("rtt {} (median of {}, from {} to {})", shown(Figure::rtt, median),
                             times.size(), shown(Figure::rtt, times.front()),
                             shown(Figure::rtt, times.back())));
}

} // namespace

Finding check_bounds(const std::filesystem::path& lab, const Plan& plan,
                     const BoundsSubject& subject) {
    const auto& from = plan.nodes[index(select_nodes(plan, subject.between.from).at(0))];
    const auto& to = plan.nodes[index(select_nodes(plan, subject.between.to).at(0))];
    const auto families = common_families(from, to, subject.between.family);
    if (families.empty()) {
        throw std::runtime_error{from.name + " and " + to.name + " have no address of one family"};
    }
    const auto family = families.front();
    const auto address = *address_of(to, family);
    LabVisit visit{lab};
    if (subject.figure != Figure::throughput) {
        visit.enter(from.name);
        return judge_pings(subject, ping(address, family, subject.count, subject.every));
    }
    visit.enter(to.name);
    TcpFlow flow{address};
    visit.enter(from.name);
    const auto rate = flow.measure(subject.time);
    return judge(subject, rate,
                 rate ? fmt::format("throughput {}", shown(Figure::throughput, *rate))
                      : "no connection");
}

} // namespace netlab
