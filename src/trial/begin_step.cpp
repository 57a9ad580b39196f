#include "trial/actions.h"
#include "trial/node_commands.h"
#include "trial/steps.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// Between SIGTERM and SIGKILL of a command in the background.
constexpr auto to_end = 1s;
/// Between two looks whether nodes are ready.
constexpr auto between_looks = 20ms;

class Pause : public Activity {
public:
    explicit Pause(Instant until) : until_{until} {}
    void add_fds(std::vector<int>&) const override {}
    Instant wake() const override { return until_; }
    bool advance(Instant) override { return TrialClock::now() >= until_; }

private:
    Instant until_;
};

/// A change to the lab, made by a process.
class Act : public Activity {
public:
    using Then = std::function<void(const nlohmann::json&)>;

    Act(const std::function<nlohmann::json()>& work, Then then)
        : errand_{work}, then_{std::move(then)} {}

    void add_fds(std::vector<int>& fds) const override { fds.push_back(errand_.fd()); }
    Instant wake() const override { return never; }
    bool advance(Instant) override {
        if (!errand_.take()) {
            return false;
        }
        if (!errand_.error().empty()) {
            throw std::runtime_error{errand_.error()};
        }
        then_(errand_.result());
        return true;
    }

private:
    Errand errand_;
    Then then_;
};

std::unique_ptr<Activity> act(
    const Stage& stage, const std::function<nlohmann::json(LabClient&)>& work,
    Act::Then then = [](const nlohmann::json&) {}) {
    return std::make_unique<Act>(
        [work, lab = stage.setting.lab, command = stage.setting.command] {
            LabClient client{lab};
            client.set_command(command);
            return work(client);
        },
        std::move(then));
}

/// The end of faults of a name, or of all; of those that are not in place yet, as soon as they are.
class Heal : public Activity {
public:
    Heal(Stage& stage, std::string name, StepResult& result)
        : stage_{stage}, name_{std::move(name)}, result_{result}, awaited_{stage.faults_under_way(
                                                                      name_)} {}

    void add_fds(std::vector<int>& fds) const override {
        if (act_) {
            act_->add_fds(fds);
        }
    }
    Instant wake() const override { return act_ || !is_due() ? never : Instant{}; }
    bool advance(Instant now) override {
        if (!act_ && (!is_due() || !begin())) {
            return is_due();
        }
        return act_->advance(now);
    }

private:
    bool is_due() const {
        return std::ranges::all_of(awaited_, [](const auto* step) { return step->is_over; });
    }

    /// False if there is nothing to heal.
    bool begin() {
        nlohmann::json changes = nlohmann::json::array();
        bool any = false;
        while (auto fault = stage_.take_fault(name_)) {
            changes.insert(changes.end(), fault->undo.begin(), fault->undo.end());
            any = true;
        }
        if (!any && !name_.empty()) {
            result_.message = "it had been healed before";
            return false;
        }
        act_ = act(stage_, [changes](LabClient& client) {
            undo(client, changes);
            return nlohmann::json{};
        });
        return true;
    }

    Stage& stage_;
    std::string name_;
    StepResult& result_;
    std::vector<const StepResult*> awaited_;
    std::unique_ptr<Activity> act_;
};

/// A command in nodes, all at once.
class Exec : public Activity {
public:
    Exec(Stage& stage, const ExecAction& action, StepResult& result, Instant begin)
        : action_{action}, result_{result}, deadline_{begin + action.timeout} {
        result_.nodes = stage.doors.names(action.nodes);
        commands_.start(stage, action.command, result_);
    }

    void add_fds(std::vector<int>& fds) const override { commands_.add_fds(fds); }
    Instant wake() const override { return deadline_; }

    bool advance(Instant) override {
        const bool all = commands_.have_ended();
        const bool late = !all && TrialClock::now() >= deadline_;
        if (!all && !late) {
            return false;
        }
        for (const auto& command : commands_.all()) {
            judge(*command);
        }
        return true;
    }

private:
    void judge(const NodeCommand& command) {
        if (command.exit_code() && command.error().empty() &&
            action_.exit.holds(*command.exit_code())) {
            return;
        }
        result_.outcome = Outcome::failed;
        const auto actual =
            !command.exit_code()      ? "still running after " + to_string(action_.timeout)
            : command.error().empty() ? fmt::format("exit code {}", *command.exit_code())
                                      : command.error();
        result_.mismatches.push_back(
            {fmt::format("{}: {}", command.node(), to_string(action_.exit)), actual});
        if (const auto said = command.err(); !said.empty()) {
            result_.message = said;
        }
    }

    ExecAction action_;
    StepResult& result_;
    Instant deadline_;
    NodeCommands commands_;
};

/// The end of a command in the background.
class End : public Activity {
public:
    End(NodeCommand& command, Instant begin) : command_{command}, kill_at_{begin + to_end} {
        if (!command.has_ended()) {
            command.send_signal(SIGTERM);
        }
    }
    void add_fds(std::vector<int>& fds) const override { fds.push_back(command_.fd()); }
    Instant wake() const override { return kill_at_; }
    bool advance(Instant) override {
        if (!command_.has_ended() && TrialClock::now() >= kill_at_) {
            command_.send_signal(SIGKILL);
            kill_at_ = never;
        }
        return command_.has_ended();
    }

private:
    NodeCommand& command_;
    Instant kill_at_;
};

bool is_ready(const NodeAnswer& node) {
    return node.running && !node.stopped &&
           std::ranges::all_of(node.services, [](const ServiceAnswer& service) {
               return service.state == "ready" || service.state == "ended";
           });
}

/// Until nodes run and all their services are ready.
class Ready : public Activity {
public:
    Ready(Stage& stage, const WaitAction& action, StepResult& result, Instant begin)
        : client_{stage.setting.lab}, action_{action}, result_{result}, next_{begin},
          deadline_{begin + action.within} {
        result.nodes = stage.doors.names(action.ready);
    }
    void add_fds(std::vector<int>&) const override {}
    Instant wake() const override { return next_; }
    bool advance(Instant) override {
        const auto now = TrialClock::now();
        if (now < next_) {
            return false;
        }
        ++result_.attempts;
        std::vector<std::string> waited;
        for (const auto& node : client_.nodes(action_.ready)) {
            if (!is_ready(node)) {
                waited.push_back(node.name);
            }
        }
        if (!waited.empty() && now >= deadline_) {
            result_.outcome = Outcome::failed;
            result_.mismatches = {{fmt::format("ready within {}", to_string(action_.within)),
                                   fmt::format("not ready: {}", fmt::join(waited, ", "))}};
            return true;
        }
        next_ = std::min(now + between_looks, std::max(deadline_, now));
        return waited.empty();
    }

private:
    LabClient client_;
    WaitAction action_;
    StepResult& result_;
    Instant next_;
    Instant deadline_;
};

/// Begins what an action is; one function for each kind.
class Begin {
public:
    Begin(Stage& stage, const Step& step, StepResult& result, const Choices& choices)
        : stage_{stage}, step_{step}, result_{result}, choices_{choices},
          due_{stage.origin +
               std::chrono::duration_cast<Duration>(std::chrono::duration<double>{result.due})} {}

    std::unique_ptr<Activity> operator()(const WaitAction& action) {
        if (action.time) {
            return std::make_unique<Pause>(due_ + *action.time);
        }
        return std::make_unique<Ready>(stage_, action, result_, TrialClock::now());
    }
    std::unique_ptr<Activity> operator()(const ExecAction& action) {
        return std::make_unique<Exec>(stage_, action, result_, TrialClock::now());
    }
    std::unique_ptr<Activity> operator()(const BackgroundAction& action) {
        result_.nodes = {action.node};
        stage_.backgrounds[action.name] =
            std::make_unique<NodeCommand>(stage_.doors.request(action.node, action.command),
                                          stage_.output_file(result_, action.name));
        return nullptr;
    }
    std::unique_ptr<Activity> operator()(const EndAction& action) {
        const auto found = stage_.backgrounds.find(action.name);
        if (found == stage_.backgrounds.end()) {
            throw std::runtime_error{"nothing called " + action.name + " runs in the background"};
        }
        return std::make_unique<End>(*found->second, TrialClock::now());
    }
    std::unique_ptr<Activity> operator()(const HealAction& action) {
        std::unique_ptr<Activity> heal = std::make_unique<Heal>(stage_, action.name, result_);
        return heal->advance(TrialClock::now()) ? nullptr : std::move(heal);
    }
    std::unique_ptr<Activity> operator()(const ExpectAction& action) {
        return begin_expect(stage_, action, result_);
    }
    std::unique_ptr<Activity> operator()(const RepeatAction& action) {
        return begin_repeat(stage_, action, choices_, due_);
    }
    /// Partitions, links, nodes, clocks: faults.
    template <class Fault>
    std::unique_ptr<Activity> operator()(const Fault& action) {
        auto then = [this_stage = &stage_, result = &result_, name = step_.as,
                     action](const nlohmann::json& done) {
            note_killed(*this_stage, action);
            result->message = done.value("said", "");
            auto changes = done.value("undo", nlohmann::json::array());
            if (!changes.empty()) {
                this_stage->faults.push_back({result->number, name, std::move(changes)});
            }
        };
        stage_.begun_faults.emplace_back(step_.as, &result_);
        if (step_.lasts) {
            stage_.aside.push_back(end_fault_later(stage_, result_, due_ + *step_.lasts));
        }
        return act(
            stage_,
            [action, name = step_.as](LabClient& client) {
                return carry_out(client, name, action);
            },
            std::move(then));
    }

private:
    static void note_killed(Stage& stage, const NodeAction& action) {
        if (action.word == NodeWord::kill) {
            const auto names = stage.doors.names(action.targets);
            stage.killed.insert(names.begin(), names.end());
        }
    }
    template <class Other>
    static void note_killed(Stage& /*stage*/, const Other& /*action*/) {}

    Stage& stage_;
    const Step& step_;
    StepResult& result_;
    const Choices& choices_;
    Instant due_;
};

/// The end of a fault after its time, but not before it is in place.
class FaultEnd : public Activity {
public:
    FaultEnd(Stage& stage, const StepResult& step, Instant due)
        : stage_{stage}, step_{step}, due_{due} {}

    void add_fds(std::vector<int>& fds) const override {
        if (errand_) {
            fds.push_back(errand_->fd());
        }
    }
    Instant wake() const override { return errand_ || is_early() ? never : due_; }

    bool advance(Instant) override {
        if (!errand_) {
            return TrialClock::now() >= due_ && !is_early() && !begin();
        }
        if (!errand_->take()) {
            return false;
        }
        Event event{{"event", "fault_end"}, {"number", step_.number}, {"title", step_.title}};
        if (!errand_->error().empty()) {
            event["error"] = errand_->error();
        }
        stage_.setting.events.write(std::move(event), began_);
        return true;
    }

private:
    /// The time is over, and the step is still at it: its end is what wakes this.
    bool is_early() const { return TrialClock::now() >= due_ && !step_.is_over; }

    /// False if there is nothing to end.
    bool begin() {
        const auto fault = stage_.take_fault_of(step_.number);
        if (!fault) {
            return false;
        }
        began_ = TrialClock::now();
        errand_ = std::make_unique<Errand>([changes = fault->undo, lab = stage_.setting.lab] {
            LabClient client{lab};
            undo(client, changes);
            return nlohmann::json{};
        });
        return true;
    }

    Stage& stage_;
    const StepResult& step_;
    Instant due_;
    Instant began_{};
    std::unique_ptr<Errand> errand_;
};

} // namespace

std::unique_ptr<Activity> begin_step(Stage& stage, const Step& step, StepResult& result,
                                     const Choices& choices) {
    return std::visit(Begin{stage, step, result, choices}, step.action);
}

std::unique_ptr<Activity> end_fault_later(Stage& stage, const StepResult& step, Instant due) {
    return std::make_unique<FaultEnd>(stage, step, due);
}

} // namespace netlab
