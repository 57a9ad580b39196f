#include "sys/blocked_signals.h"
#include "sys/check.h"
#include "trial/errand.h"
#include "trial/portrait.h"
#include "trial/service_watch.h"
#include "trial/stage.h"
#include "trial/steps.h"
#include "trial/trial.h"

#include <algorithm>
#include <csignal>
#include <set>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// Between two looks at the states of services.
constexpr auto between_looks_at_services = 50ms;
/// Nodes of which a failure leaves portraits.
constexpr std::size_t most_portraits = 50;

/// A timer that goes off at an instant.
class Alarm {
public:
    Alarm()
        : fd_{check(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                    "make a timer")} {}

    int fd() const { return fd_.get(); }

    void set(Instant when) const {
        const auto since = std::max<Duration>(when.time_since_epoch(), 1ns); // 0 would turn it off
        ::itimerspec time{};
        if (when != never) {
            time.it_value = {since / 1s, (since % 1s).count()};
        }
        check(::timerfd_settime(fd_.get(), TFD_TIMER_ABSTIME, &time, nullptr), "set a timer");
    }

private:
    UniqueFd fd_;
};

class Run {
public:
    Run(const TrialSetting& setting, TrialResult& result)
        : setting_{setting}, stage_{setting, result}, watch_{setting.lab, setting.events} {}

    void run() {
        const Choices choices{setting_.seed};
        auto steps = setting_.steps.draw(setting_.steps.scenario().steps, choices);
        open_doors(steps);
        stage_.origin = TrialClock::now();
        setting_.events.set_origin(stage_.origin);
        const auto root = begin_sequence(stage_, std::move(steps), choices, stage_.origin);
        next_look_ = stage_.origin;
        while (!advance(*root)) {
            wait(*root);
            if (interrupted_) {
                stage_.result.outcome = Outcome::interrupted;
                break;
            }
        }
        finish();
    }

private:
    /// So that the first command of a step need not wait for the supervisor.
    void open_doors(const std::vector<Step>& steps) {
        std::set<std::string> nodes;
        const auto add = [&](const NodePatterns& patterns) {
            const auto names = stage_.doors.names(patterns);
            nodes.insert(names.begin(), names.end());
        };
        for (const auto& step : steps) {
            if (const auto* exec = std::get_if<ExecAction>(&step.action)) {
                add(exec->nodes);
            } else if (const auto* background = std::get_if<BackgroundAction>(&step.action)) {
                add({background->node});
            } else if (const auto* expect = std::get_if<ExpectAction>(&step.action)) {
                if (const auto* command = std::get_if<CommandSubject>(&expect->subject)) {
                    add(command->nodes);
                }
            }
        }
        stage_.doors.open({nodes.begin(), nodes.end()});
    }

    bool advance(Activity& root) {
        const auto now = TrialClock::now();
        const bool ended = root.advance(now);
        std::erase_if(stage_.aside, [&](const auto& one) { return one->advance(now); });
        watch_.take(stage_.killed);
        if (now >= next_look_) {
            watch_.ask(stage_.killed);
            watch_.look();
            next_look_ = now + between_looks_at_services;
        }
        return ended;
    }

    void wait(const Activity& root) {
        std::vector<int> fds{alarm_.fd(), stops_.fd()};
        root.add_fds(fds);
        watch_.add_fds(fds);
        auto wake = std::min(root.wake(), next_look_);
        for (const auto& one : stage_.aside) {
            one->add_fds(fds);
            wake = std::min(wake, one->wake());
        }
        alarm_.set(wake);
        std::vector<::pollfd> waits;
        for (const int fd : fds) {
            waits.push_back({fd, POLLIN, 0});
        }
        ::poll(waits.data(), waits.size(), -1);
        interrupted_ = (waits[1].revents & POLLIN) != 0;
    }

    void finish() {
        watch_.look();
        watch_.ask_at_last({"all"});
        watch_.look();
        const auto end = TrialClock::now();
        setting_.events.write(
            Event{{"event", "verdict"}, {"outcome", to_string(stage_.result.outcome)}}, end);
        if (stage_.result.outcome == Outcome::failed || stage_.result.outcome == Outcome::refused) {
            leave_portraits();
        }
        stage_.backgrounds.clear();
        watch_.write_logs(setting_.folder / "logs");
        stage_.result.steps.assign(stage_.steps.begin(), stage_.steps.end());
    }

    /// Of the nodes that failed steps are about; of all if they name none.
    void leave_portraits() {
        std::set<std::string> nodes;
        for (const auto& step : stage_.steps) {
            if (step.outcome == Outcome::failed || step.outcome == Outcome::refused) {
                nodes.insert(step.nodes.begin(), step.nodes.end());
            }
        }
        std::vector<std::string> some{nodes.begin(), nodes.end()};
        if (some.empty()) {
            some = stage_.doors.names({"all"});
        }
        some.resize(std::min(some.size(), most_portraits));
        const auto folder = setting_.folder / "failure";
        std::filesystem::create_directories(folder);
        Errand errand{[&] {
            draw_portraits(setting_.lab, some, folder);
            return nlohmann::json{};
        }};
        for (::pollfd wait{errand.fd(), POLLIN, 0}; !errand.take(); ::poll(&wait, 1, -1)) {
        }
        if (!errand.error().empty()) {
            setting_.events.write(Event{{"event", "note"}, {"text", errand.error()}});
        }
    }

    const TrialSetting& setting_;
    Stage stage_;
    ServiceWatch watch_;
    Alarm alarm_;
    BlockedSignals stops_{SIGINT, SIGTERM, SIGHUP}; ///< which end the run
    Instant next_look_{};
    bool interrupted_ = false;
};

} // namespace

void run_trial(const TrialSetting& setting, TrialResult& result) {
    std::filesystem::create_directories(setting.folder / "outputs");
    std::filesystem::create_directories(setting.folder / "logs");
    Run{setting, result}.run();
}

} // namespace netlab
