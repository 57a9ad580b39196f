#include "trial/checks.h"
#include "trial/node_commands.h"
#include "trial/steps.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

/// One look: whether all is as expected.
class Attempt : public Activity {
public:
    const std::vector<Mismatch>& mismatches() const { return mismatches_; }
    const std::string& measured() const { return measured_; }

protected:
    void set(std::vector<Mismatch> mismatches, std::string measured = {}) {
        mismatches_ = std::move(mismatches);
        measured_ = std::move(measured);
    }

private:
    std::vector<Mismatch> mismatches_;
    std::string measured_;
};

/// What a command that has ended was to be.
std::vector<Mismatch> judge(const NodeCommand& command, const ExitWish& exit, const TextWish& out,
                            const TextWish& err) {
    std::vector<Mismatch> found;
    if (command.exit_code() && !exit.holds(*command.exit_code())) {
        found.push_back({to_string(exit), fmt::format("exit code {}", *command.exit_code())});
    }
    if (!command.error().empty()) {
        found.push_back({"the command starts", command.error()});
    }
    if (!out.empty()) {
        std::ranges::move(mismatches(out, command.out(), "output"), std::back_inserter(found));
    }
    if (!err.empty()) {
        std::ranges::move(mismatches(err, command.err(), "errors"), std::back_inserter(found));
    }
    return found;
}

/// Why a command ended as it did not have to is what it said to stderr, or else to stdout.
void add_said(const NodeCommand& command, bool shown, std::vector<Mismatch>& found) {
    auto said = command.err();
    if (said.empty() && !shown) {
        said = command.out();
    }
    if (!found.empty() && !said.empty()) {
        found.front().actual += ": " + said;
    }
}

class CommandAttempt : public Attempt {
public:
    CommandAttempt(Stage& stage, const CommandSubject& subject, const StepResult& result)
        : subject_{subject}, deadline_{TrialClock::now() + subject.timeout} {
        commands_.start(stage, subject.command, result);
    }
    void add_fds(std::vector<int>& fds) const override { commands_.add_fds(fds); }
    Instant wake() const override { return deadline_; }
    bool advance(Instant) override {
        const bool all = commands_.have_ended();
        if (!all && TrialClock::now() < deadline_) {
            return false;
        }
        std::vector<Mismatch> found;
        for (const auto& command : commands_.all()) {
            std::ranges::move(judge(*command), std::back_inserter(found));
        }
        set(std::move(found));
        return true;
    }

private:
    std::vector<Mismatch> judge(const NodeCommand& command) const {
        if (!command.exit_code()) {
            return {{prefix(command) + to_string(subject_.exit),
                     "still running after " + to_string(subject_.timeout)}};
        }
        auto found = netlab::judge(command, subject_.exit, subject_.out, subject_.err);
        add_said(command, !subject_.out.empty(), found);
        for (auto& one : found) {
            one.expected.insert(0, prefix(command));
        }
        return found;
    }
    std::string prefix(const NodeCommand& command) const {
        return commands_.all().size() == 1 ? "" : command.node() + ": ";
    }

    const CommandSubject& subject_;
    Instant deadline_;
    NodeCommands commands_;
};

class BackgroundAttempt : public Attempt {
public:
    BackgroundAttempt(Stage& stage, const BackgroundSubject& subject) {
        const auto found = stage.backgrounds.find(subject.name);
        if (found == stage.backgrounds.end()) {
            throw std::runtime_error{"nothing called " + subject.name +
                                     " was begun in the background"};
        }
        auto& command = *found->second;
        const bool ended = command.has_ended();
        const ExitWish any{ExitWish::Kind::any, 0};
        auto wrong = judge(command, subject.exit.value_or(any), subject.out, subject.err);
        if (subject.exit && !ended) {
            wrong.insert(wrong.begin(), {to_string(*subject.exit), "it is still running"});
        }
        if (ended) {
            add_said(command, !subject.out.empty(), wrong);
        }
        set(std::move(wrong));
    }
    void add_fds(std::vector<int>&) const override {}
    Instant wake() const override { return TrialClock::now(); }
    bool advance(Instant) override { return true; }
};

/// A look by a process.
class ErrandAttempt : public Attempt {
public:
    explicit ErrandAttempt(const std::function<Finding()>& look) : errand_{look} {}
    void add_fds(std::vector<int>& fds) const override { fds.push_back(errand_.fd()); }
    Instant wake() const override { return never; }
    bool advance(Instant) override {
        if (!errand_.take()) {
            return false;
        }
        if (errand_.error().empty()) {
            set(mismatches_of(errand_.result()), errand_.result().value("measured", ""));
        } else {
            set({{"it can be looked at", errand_.error()}});
        }
        return true;
    }

private:
    Errand errand_;
};

/// Makes the attempt that a subject needs; the subject outlives it.
class MakeAttempt {
public:
    MakeAttempt(Stage& stage, const StepResult& result) : stage_{stage}, result_{result} {}

    std::unique_ptr<Attempt> operator()(const CommandSubject& subject) const {
        return std::make_unique<CommandAttempt>(stage_, subject, result_);
    }
    std::unique_ptr<Attempt> operator()(const BackgroundSubject& subject) const {
        return std::make_unique<BackgroundAttempt>(stage_, subject);
    }
    std::unique_ptr<Attempt> operator()(const PingSubject& subject) const {
        return errand(check_ping, subject);
    }
    std::unique_ptr<Attempt> operator()(const PathSubject& subject) const {
        return errand(check_path, subject);
    }
    std::unique_ptr<Attempt> operator()(const BoundsSubject& subject) const {
        return errand(check_bounds, subject);
    }
    std::unique_ptr<Attempt> operator()(const RouteSubject& subject) const {
        return errand(check_route, subject);
    }
    std::unique_ptr<Attempt> operator()(const FileSubject& subject) const {
        return errand(check_file, subject);
    }
    std::unique_ptr<Attempt> operator()(const ServiceSubject& subject) const {
        return errand(check_service, subject);
    }

private:
    template <class One>
    std::unique_ptr<Attempt> errand(Finding (*look)(const std::filesystem::path&, const Plan&,
                                                    const One&),
                                    const One& subject) const {
        return std::make_unique<ErrandAttempt>([&setting = stage_.setting, &subject, look] {
            return look(setting.lab, setting.plan, subject);
        });
    }

    Stage& stage_;
    const StepResult& result_;
};

/// Between the beginnings of two attempts, where the file does not say. A router answers few
/// requests whose hops have run out (icmp_ratelimit, icmp(7)).
Duration pace_of(const Subject& subject) {
    return std::holds_alternative<PathSubject>(subject)      ? Duration{1s}
           : std::holds_alternative<CommandSubject>(subject) ? Duration{200ms}
                                                             : Duration{100ms};
}

/// The nodes that a subject is about.
class NodesOf {
public:
    explicit NodesOf(Stage& stage) : stage_{stage} {}

    std::vector<std::string> operator()(const BackgroundSubject& subject) const {
        const auto found = stage_.backgrounds.find(subject.name);
        return found == stage_.backgrounds.end() ? std::vector<std::string>{}
                                                 : std::vector{found->second->node()};
    }
    std::vector<std::string> operator()(const PingSubject& subject) const {
        return ends(subject.between);
    }
    std::vector<std::string> operator()(const PathSubject& subject) const {
        auto nodes = ends(subject.between);
        std::ranges::copy_if(subject.hops, std::back_inserter(nodes), [&](const std::string& hop) {
            return !parse_address(hop) && std::ranges::find(nodes, hop) == nodes.end();
        });
        return nodes;
    }
    std::vector<std::string> operator()(const BoundsSubject& subject) const {
        return ends(subject.between);
    }
    template <class Other>
    std::vector<std::string> operator()(const Other& subject) const {
        return stage_.doors.names(subject.nodes);
    }

private:
    std::vector<std::string> ends(const Between& between) const {
        auto patterns = between.from;
        patterns.insert(patterns.end(), between.to.begin(), between.to.end());
        return stage_.doors.names(patterns);
    }

    Stage& stage_;
};

class Expect : public Activity {
public:
    Expect(Stage& stage, const ExpectAction& action, StepResult& result)
        : stage_{stage}, action_{action}, result_{result}, begin_{TrialClock::now()},
          pace_{action.every.value_or(pace_of(action.subject))}, next_{begin_} {
        result_.nodes = std::visit(NodesOf{stage}, action_.subject);
    }

    void add_fds(std::vector<int>& fds) const override {
        if (attempt_) {
            attempt_->add_fds(fds);
        }
    }
    Instant wake() const override { return attempt_ ? attempt_->wake() : next_; }

    bool advance(Instant now) override {
        for (;;) {
            if (!attempt_) {
                if (TrialClock::now() < next_) {
                    return false;
                }
                try_now();
            }
            if (!attempt_->advance(now)) {
                return false;
            }
            if (judge(TrialClock::now())) {
                return true;
            }
        }
    }

private:
    void try_now() {
        tried_ = TrialClock::now();
        next_ = tried_ + pace_;
        ++result_.attempts;
        attempt_ = std::visit(MakeAttempt{stage_, result_}, action_.subject);
    }

    /// Whether it is known how it ends.
    bool judge(Instant now) {
        const auto attempt = std::move(attempt_);
        result_.message = attempt->measured();
        if (attempt->mismatches().empty()) {
            holds_since_ = holds_since_.value_or(tried_);
            return now >= *holds_since_ + action_.throughout;
        }
        if (!holds_since_ && now < begin_ + action_.within) {
            next_ = std::min(next_, begin_ + action_.within);
            return false;
        }
        result_.outcome = Outcome::failed;
        result_.mismatches = attempt->mismatches();
        add_times(now);
        return true;
    }

    void add_times(Instant now) {
        const auto text = [](Duration time) {
            return to_string(std::chrono::round<std::chrono::milliseconds>(time));
        };
        if (holds_since_) {
            result_.mismatches.push_back({"throughout " + to_string(action_.throughout),
                                          "for " + text(now - *holds_since_)});
        } else if (action_.within > 0s) {
            result_.mismatches.push_back(
                {"within " + to_string(action_.within),
                 fmt::format("not after {}, {} attempt{}", text(now - begin_), result_.attempts,
                             result_.attempts == 1 ? "" : "s")});
        }
    }

    Stage& stage_;
    ExpectAction action_;
    StepResult& result_;
    Instant begin_;
    Duration pace_;
    Instant next_;    ///< when the next attempt begins
    Instant tried_{}; ///< when the last did
    std::optional<Instant> holds_since_;
    std::unique_ptr<Attempt> attempt_;
};

} // namespace

std::unique_ptr<Activity> begin_expect(Stage& stage, const ExpectAction& action,
                                       StepResult& result) {
    return std::make_unique<Expect>(stage, action, result);
}

} // namespace netlab
