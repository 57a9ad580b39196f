#include "node/service_keeper.h"

#include "sys/process.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto between_looks = 10ms;
/// For what is no service of the node's, and for the kernel to end what was killed.
constexpr auto usual_patience = 10s;
constexpr auto kernel_patience = 5s;

} // namespace

ServiceKeeper::ServiceKeeper(const std::vector<ServiceSpec>& specs, ServiceBoard board,
                             UniqueFd line)
    : board_{std::move(board)}, line_{std::move(line)} {
    for (std::size_t i = 0; i < specs.size(); ++i) {
        services_.emplace_back(specs[i], board_.status(i), board_.writer(i), board_.reader(i));
    }
}

void ServiceKeeper::start_all(Report& report) {
    signals_ = watch_children();
    const auto begun = steady_clock::now();
    for (auto& service : services_) {
        service.start(begun);
    }
    report.subject = Report::Subject::service;
    for (;;) { // one that could not even be forked has failed before anything can be waited for
        const auto now = steady_clock::now();
        bool pending = false;
        for (report.item = 0; report.item < services_.size(); ++report.item) {
            const auto verdict = services_[report.item].verdict(now);
            if (verdict == KeptService::Verdict::failed) {
                throw std::runtime_error{services_[report.item].failure()};
            }
            pending = pending || verdict == KeptService::Verdict::pending;
        }
        if (!pending) {
            report.item = 0;
            report.subject = Report::Subject::root;
            return;
        }
        report.item = 0;
        turn();
    }
}

void ServiceKeeper::keep_forever() {
    for (;;) {
        turn();
        take_orders();
        settle_errands();
    }
}

void ServiceKeeper::turn() {
    std::vector<pollfd> polls{{signals_.get(), POLLIN, 0}, {line_.get(), POLLIN, 0}};
    for (const auto& service : services_) {
        service.add_polls(polls);
    }
    left_.add_polls(polls);
    ::poll(polls.data(), polls.size(), milliseconds_to_next(steady_clock::now()));
    for (auto& service : services_) {
        service.read_output();
    }
    left_.discard();
    if (polls[0].revents != 0) {
        reap();
    }
    const auto now = steady_clock::now();
    for (auto& service : services_) {
        service.tick(now);
    }
}

int ServiceKeeper::milliseconds_to_next(Time now) const {
    constexpr auto longest = std::chrono::hours{1};
    auto next = now + longest;
    for (const auto& service : services_) {
        next = std::min(next, service.next());
    }
    if (!errands_.empty()) {
        next = std::min<Time>(next, now + between_looks);
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - now);
    return static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0));
}

void ServiceKeeper::reap() {
    take_ends(signals_);
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        const auto now = steady_clock::now();
        for (auto& service : services_) {
            if (service.take_end(pid, status, now)) {
                break;
            }
        }
    }
}

void ServiceKeeper::take_orders() {
    bool gone = false;
    while (const auto order = line_ ? receive_order(line_.get(), gone) : std::nullopt) {
        begin(*order);
    }
    if (gone) {
        line_.reset();
    }
}

std::vector<KeptService*> ServiceKeeper::services_of(const ServiceOrder& order) {
    std::vector<KeptService*> chosen;
    for (std::size_t i = 0; i < services_.size(); ++i) {
        if (order.service == ServiceOrder::whole_node || order.service == i) {
            chosen.push_back(&services_[i]);
        }
    }
    return chosen;
}

void ServiceKeeper::begin(const ServiceOrder& order) {
    const auto now = steady_clock::now();
    const auto patience = order.patience.count() > 0 ? order.patience : usual_patience;
    errands_.push_back({order, now + patience});
    for (auto* service : services_of(order)) {
        if (order.verb == ServiceOrder::Verb::start) {
            service->start(now);
        } else {
            service->stop(now, order.patience);
        }
    }
}

void ServiceKeeper::settle_errands() {
    std::erase_if(errands_, [&](Errand& errand) {
        OrderOutcome outcome{errand.order.number, {}};
        const bool settled = errand.order.verb == ServiceOrder::Verb::start
                                 ? settle_start(errand, outcome)
                                 : settle_stop(errand, outcome);
        if (settled) {
            send_outcome(line_.get(), outcome);
        }
        return settled;
    });
}

bool ServiceKeeper::settle_start(const Errand& errand, OrderOutcome& outcome) {
    const auto now = steady_clock::now();
    bool pending = false;
    for (const auto* service : services_of(errand.order)) {
        const auto verdict = service->verdict(now);
        if (verdict == KeptService::Verdict::failed) {
            outcome.failure = fmt::format("service {} {}", service->name(), service->failure());
            return true;
        }
        pending = pending || verdict == KeptService::Verdict::pending;
    }
    return !pending;
}

bool ServiceKeeper::settle_stop(Errand& errand, OrderOutcome& outcome) {
    const auto chosen = services_of(errand.order);
    if (!std::all_of(chosen.begin(), chosen.end(),
                     [](const KeptService* service) { return service->is_stopped(); })) {
        return false;
    }
    if (errand.order.service != ServiceOrder::whole_node) {
        return true;
    }
    // Every process of this PID namespace but this one (kill(2)).
    if (!errand.sweeping) {
        errand.sweeping = true;
        ::kill(-1, SIGTERM);
    }
    const auto now = steady_clock::now();
    if (!errand.killed && now >= errand.kill_at) {
        errand.killed = true;
        ::kill(-1, SIGKILL);
    }
    reap();
    if (::kill(-1, 0) != 0) {
        return true;
    }
    if (now >= errand.kill_at + kernel_patience) {
        outcome.failure = "the kernel has not ended all of its processes yet";
        return true;
    }
    return false;
}

} // namespace netlab
