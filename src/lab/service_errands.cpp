#include "lab/service_errands.h"

#include "base/diagnostic.h"
#include "base/quote.h"
#include "node/sweep.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <tuple>

#include <sys/epoll.h>
#include <sys/wait.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using Verb = ServiceOrder::Verb;

constexpr auto usual_patience = 10s;
/// Beyond what a node may take: for the kernel, and a busy machine.
constexpr auto grace = 20s;
/// A node that says more than this at a time is heard again later.
constexpr int most_heard = 16;
constexpr int usual_pause_ms = 100;
/// Between two looks at what a node that starts again waits for.
constexpr int short_pause_ms = 2;
/// What a node that starts again reports is for its Revival.
constexpr std::uint64_t is_revival = std::uint64_t{1} << 32U;

} // namespace

ServiceErrands::ServiceErrands(Lab& lab, RevivalCalls calls)
    : lab_{lab}, calls_{std::move(calls)}, epoll_{check(::epoll_create1(EPOLL_CLOEXEC),
                                                        "watch the services")} {
    for (std::size_t i = 0; i < lab.nodes.size(); ++i) {
        watch(node_id(i));
    }
}

void ServiceErrands::watch(NodeId id) {
    if (const auto& line = lab_.nodes[index(id)].line) {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index(id);
        check(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, line.get(), &event),
              "watch the services of a node");
    }
}

void ServiceErrands::refuse_impossible(const ErrandRequest& request) const {
    const auto has_power = [&](NodeId id) { return lab_.nodes[index(id)].running; };
    if (request.wipe && !request.nodes.empty() && std::ranges::all_of(request.nodes, has_power)) {
        const auto& name = lab_.plan.nodes[index(request.nodes.front())].name;
        throw InputError{"node " + name + " runs, and is not wiped while it does",
                         "netlab kill " + name};
    }
    for (const auto id : request.nodes) {
        const auto& node = lab_.nodes[index(id)];
        if (request.verb == Verb::start && !request.service && !node.running && !node.starting) {
            Revival::refuse_impossible(lab_, id, request.wipe);
        }
    }
}

std::uint64_t ServiceErrands::begin(const ErrandRequest& request) {
    refuse_impossible(request);
    Errand errand{next_id_++, request, {}};
    for (const auto id : request.nodes) {
        for (const auto& other : errands_) {
            const auto part = std::ranges::find(other.parts, id, &Part::node);
            if (part != other.parts.end() && part->step != Part::Step::done) {
                throw InputError{"node " + lab_.plan.nodes[index(id)].name +
                                     " is being stopped or started by another command",
                                 "wait for that to end"};
            }
        }
        errand.parts.emplace_back().node = id;
    }
    errands_.push_back(std::move(errand));
    begin_what_may(errands_.back());
    return errands_.back().id;
}

void ServiceErrands::begin_what_may(Errand& errand) {
    for (auto& part : errand.parts) {
        if (part.step != Part::Step::waiting) {
            continue;
        }
        bool waits = false;
        std::string lost;
        const auto& before = lab_.plan.nodes[index(part.node)].depends_on;
        for (const auto on : errand.request.verb == Verb::start ? before : std::vector<NodeId>{}) {
            const auto other = std::ranges::find(errand.parts, on, &Part::node);
            if (other != errand.parts.end()) {
                waits = waits || other->step != Part::Step::done;
                lost = other->failure.empty() ? lost : lab_.plan.nodes[index(on)].name;
            }
        }
        if (!lost.empty()) {
            finish(part, "was not started: it depends on " + lost);
        } else if (!waits) {
            begin_part(errand, part);
        }
    }
}

std::chrono::milliseconds ServiceErrands::longest(const Errand& errand, NodeId node) const {
    std::chrono::milliseconds longest = usual_patience;
    for (const auto& service : lab_.plan.nodes[index(node)].run) {
        const auto own = errand.request.verb == Verb::start ? service.within : service.stop_timeout;
        longest = std::max(longest, std::chrono::ceil<std::chrono::milliseconds>(own));
    }
    return std::max(longest, errand.request.patience);
}

void ServiceErrands::begin_part(Errand& errand, Part& part) {
    auto& node = lab_.nodes[index(part.node)];
    const bool whole = !errand.request.service;
    part.give_up = steady_clock::now() + longest(errand, part.node) + grace;
    if (whole) {
        node.stopped = errand.request.verb == Verb::stop;
    }
    if (!node.running && whole && errand.request.verb == Verb::start) {
        begin_revival(errand, part);
        return;
    }
    if (!node.running) {
        finish(part, "does not run: " + node.end);
        return;
    }
    if (lab_.plan.nodes[index(part.node)].run.empty()) {
        begin_sweep(errand, part);
        return;
    }
    part.number = next_number_++;
    part.step = Part::Step::ordered;
    const ServiceOrder order{part.number, errand.request.verb,
                             errand.request.service.value_or(ServiceOrder::whole_node),
                             errand.request.patience};
    if (!node.line || !send_order(node.line.get(), order)) {
        finish(part, "does not take orders");
    }
}

/// Of a node without services, to start it is nothing to do.
void ServiceErrands::begin_sweep(const Errand& errand, Part& part) {
    if (errand.request.verb == Verb::start) {
        finish(part);
        return;
    }
    const auto patience = errand.request.patience;
    try {
        part.sweep = sweep_node(lab_.nodes[index(part.node)].pid,
                                patience.count() > 0 ? patience : usual_patience);
        part.step = Part::Step::sweeping;
    } catch (const std::system_error& error) {
        finish(part, error.what());
    }
}

void ServiceErrands::begin_revival(const Errand& errand, Part& part) {
    try {
        Revival::refuse_impossible(lab_, part.node, errand.request.wipe);
        part.revival = std::make_unique<Revival>(lab_, part.node, errand.request.wipe, calls_);
        part.step = Part::Step::reviving;
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.u64 = index(part.node) | is_revival;
        // Were it refused, the node would be looked at a little less often.
        std::ignore = ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, part.revival->fd(), &event);
    } catch (const std::runtime_error& error) {
        finish(part, error.what());
    }
}

void ServiceErrands::advance_revivals() {
    for (auto& errand : errands_) {
        for (auto& part : errand.parts) {
            if (part.step != Part::Step::reviving || !part.revival->advance()) {
                continue;
            }
            // The wire process may have a copy of it, which would keep it in the epoll instance.
            ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, part.revival->fd(), nullptr);
            const auto revival = std::move(part.revival);
            if (revival->failure().empty()) {
                watch(part.node);
            }
            finish(part, revival->failure());
        }
    }
}

std::uint64_t ServiceErrands::errand_about(NodeId node) const {
    for (const auto& errand : errands_) {
        const auto part = std::ranges::find(errand.parts, node, &Part::node);
        if (part != errand.parts.end() && part->step != Part::Step::done) {
            return errand.id;
        }
    }
    return 0;
}

Revival* ServiceErrands::revival_of(NodeId node) {
    for (auto& errand : errands_) {
        for (auto& part : errand.parts) {
            if (part.node == node && part.step == Part::Step::reviving) {
                return part.revival.get();
            }
        }
    }
    return nullptr;
}

void ServiceErrands::give_uplink(NodeId node, const std::string& text, UniqueFd holder) {
    if (auto* const revival = revival_of(node)) {
        revival->give_uplink(text, std::move(holder));
    }
}

void ServiceErrands::refuse_uplink(NodeId node, const std::string& why) {
    if (auto* const revival = revival_of(node)) {
        revival->refuse_uplink(why);
    }
}

int ServiceErrands::patience() const {
    const auto asks = [](const Part& part) {
        return part.step == Part::Step::reviving && part.revival->asks();
    };
    if (std::ranges::any_of(errands_, [&](const Errand& errand) {
            return std::ranges::any_of(errand.parts, asks);
        })) {
        return short_pause_ms;
    }
    return errands_.empty() ? -1 : usual_pause_ms;
}

void ServiceErrands::finish(Part& part, const std::string& failure) {
    part.step = Part::Step::done;
    part.failure = failure;
}

std::vector<ErrandResult> ServiceErrands::advance() {
    std::array<epoll_event, 64> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
    for (int i = 0; i < count; ++i) {
        const auto about = events.at(static_cast<std::size_t>(i)).data.u64;
        if ((about & is_revival) == 0) {
            hear(node_id(about));
        }
    }
    take_sweeps();
    advance_revivals();
    give_up_on_late();
    std::vector<ErrandResult> results;
    for (auto& errand : errands_) {
        begin_what_may(errand);
        if (!is_over(errand)) {
            continue;
        }
        ErrandResult result{errand.id, {}};
        for (const auto& part : errand.parts) {
            if (!part.failure.empty()) {
                result.failures.push_back("node " + lab_.plan.nodes[index(part.node)].name + ": " +
                                          printable_lines(part.failure));
            }
        }
        results.push_back(std::move(result));
    }
    std::erase_if(errands_, [&](const Errand& errand) { return is_over(errand); });
    return results;
}

void ServiceErrands::hear(NodeId node) {
    auto& line = lab_.nodes[index(node)].line;
    bool gone = false;
    for (int i = 0; i < most_heard; ++i) {
        const auto outcome = receive_outcome(line.get(), gone);
        if (!outcome) {
            break;
        }
        take_outcome(node, *outcome);
    }
    if (gone) {
        // The wire process may have a copy of it, which would keep it in the epoll instance.
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, line.get(), nullptr);
        line.reset();
    }
}

void ServiceErrands::take_outcome(NodeId node, const OrderOutcome& outcome) {
    for (auto& errand : errands_) {
        for (auto& part : errand.parts) {
            if (part.node == node && part.step == Part::Step::ordered &&
                part.number == outcome.number) {
                finish(part, outcome.failure);
                return;
            }
        }
    }
}

void ServiceErrands::take_sweeps() {
    for (const auto& [pid, status] : lab_.take_other_ends()) {
        for (auto& errand : errands_) {
            const auto part = std::ranges::find_if(errand.parts, [pid = pid](const Part& one) {
                return one.step == Part::Step::sweeping && one.sweep == pid;
            });
            if (part != errand.parts.end()) {
                finish(*part, status == 0 ? "" : "its processes could not all be ended");
            }
        }
    }
}

void ServiceErrands::give_up_on_late() {
    const auto now = steady_clock::now();
    for (auto& errand : errands_) {
        for (auto& part : errand.parts) {
            const bool begun =
                part.step == Part::Step::ordered || part.step == Part::Step::sweeping;
            if (!begun || (now < part.give_up && lab_.nodes[index(part.node)].running)) {
                continue;
            }
            if (part.step == Part::Step::sweeping) {
                ::kill(part.sweep, SIGKILL);
            }
            finish(part, lab_.nodes[index(part.node)].running ? "its PID 1 does not answer"
                                                              : "has ended");
        }
    }
}

bool ServiceErrands::is_over(const Errand& errand) {
    return std::ranges::all_of(errand.parts,
                               [](const Part& part) { return part.step == Part::Step::done; });
}

} // namespace netlab
