#include "base/diagnostic.h"
#include "trial/steps.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// A step under way.
struct Running {
    StepResult* result;
    std::unique_ptr<Activity> activity;
};

/// Why a step could not be begun or went wrong.
void refuse(StepResult& result, const std::exception& error) {
    result.outcome = Outcome::refused;
    result.message = error.what();
    if (const auto* input = dynamic_cast<const InputError*>(&error)) {
        const auto& first = input->diagnostics().all().front();
        result.message = first.message + (first.hint.empty() ? "" : " (" + first.hint + ")");
    }
}

class Sequence : public Activity {
public:
    Sequence(Stage& stage, std::vector<Step> steps, const Choices& choices, Instant begin)
        : stage_{stage}, steps_{std::move(steps)}, choices_{choices}, last_begin_{begin},
          free_since_{begin} {}

    void add_fds(std::vector<int>& fds) const override {
        for (const auto& one : running_) {
            one.activity->add_fds(fds);
        }
    }

    Instant wake() const override {
        auto first = next_due();
        for (const auto& one : running_) {
            first = std::min(first, one.activity->wake());
        }
        return first;
    }

    bool advance(Instant now) override {
        serve(now);
        while (!stage_.stopped && next_due() <= TrialClock::now()) {
            begin_next();
        }
        return running_.empty() && (next_ == steps_.size() || stage_.stopped);
    }

    /// When the last step to begin was due.
    Instant last_due() const { return last_begin_; }

private:
    /// When the next step begins; never while it waits for the end of others.
    Instant next_due() const {
        if (next_ == steps_.size() || stage_.stopped) {
            return never;
        }
        const auto& begin = steps_[next_].begin;
        switch (begin.kind) {
        case StepTime::Kind::after_step:
            return last_begin_ + begin.time;
        case StepTime::Kind::from_begin:
            return stage_.origin + begin.time;
        case StepTime::Kind::not_before:
            return running_.empty() ? std::max(free_since_, stage_.origin + begin.time) : never;
        case StepTime::Kind::in_turn:
            break;
        }
        return running_.empty() ? free_since_ : never;
    }

    void begin_next() {
        const auto due = next_due();
        const auto& step = steps_[next_];
        const auto now = TrialClock::now();
        auto& result = stage_.begin(step, due, now);
        // A late beginning does not move the schedule of those that count from it.
        last_begin_ = due;
        std::unique_ptr<Activity> activity;
        try {
            activity = begin_step(stage_, step, result, choices_.of(next_));
        } catch (const std::exception& error) {
            refuse(result, error);
        }
        ++next_;
        if (activity) {
            running_.push_back({&result, std::move(activity)});
        } else {
            end(result);
        }
    }

    void serve(Instant now) {
        for (auto at = running_.begin(); at != running_.end();) {
            bool ended = true;
            try {
                ended = at->activity->advance(now);
            } catch (const std::exception& error) {
                refuse(*at->result, error);
            }
            if (ended) {
                end(*at->result);
            }
            at = ended ? running_.erase(at) : std::next(at);
        }
    }

    void end(StepResult& result) {
        free_since_ = TrialClock::now();
        stage_.end(result, free_since_);
    }

    Stage& stage_;
    std::vector<Step> steps_;
    Choices choices_;
    std::size_t next_ = 0;
    Instant last_begin_; ///< of the step before, as it was due
    Instant free_since_; ///< when the last step ended
    std::vector<Running> running_;
};

class Repeat : public Activity {
public:
    Repeat(Stage& stage, RepeatAction action, const Choices& choices, Instant begin)
        : stage_{stage}, action_{std::move(action)}, choices_{choices}, next_begin_{begin} {}

    void add_fds(std::vector<int>& fds) const override {
        if (sequence_) {
            sequence_->add_fds(fds);
        }
    }

    Instant wake() const override { return sequence_ ? sequence_->wake() : next_begin_; }

    bool advance(Instant now) override {
        for (;;) {
            if (sequence_ && !sequence_->advance(now)) {
                return false;
            }
            if (sequence_ && !action_.every) {
                next_begin_ = action_.by_schedule ? sequence_->last_due() : TrialClock::now();
            }
            sequence_.reset();
            if (done_ == action_.times || stage_.stopped) {
                return true;
            }
            if (next_begin_ > TrialClock::now()) {
                return false;
            }
            begin_next();
        }
    }

private:
    void begin_next() {
        auto own = choices_.of(static_cast<std::uint64_t>(done_));
        ++done_;
        const auto begin = next_begin_;
        if (action_.every) {
            next_begin_ += *parse_duration(chosen_duration(*action_.every, own));
        }
        sequence_ =
            std::make_unique<Sequence>(stage_, stage_.setting.steps.draw(action_.steps, own), own,
                                       std::max(begin, TrialClock::now() - late_at_most));
    }

    /// An iteration that took too long moves the next, but not what a busy machine comes late by.
    static constexpr std::chrono::milliseconds late_at_most{20};

    Stage& stage_;
    RepeatAction action_;
    Choices choices_;
    std::int64_t done_ = 0;
    Instant next_begin_;
    std::unique_ptr<Sequence> sequence_;
};

} // namespace

std::unique_ptr<Activity> begin_sequence(Stage& stage, std::vector<Step> steps,
                                         const Choices& choices, Instant begin) {
    return std::make_unique<Sequence>(stage, std::move(steps), choices, begin);
}

std::unique_ptr<Activity> begin_repeat(Stage& stage, const RepeatAction& action,
                                       const Choices& choices, Instant begin) {
    return std::make_unique<Repeat>(stage, action, choices, begin);
}

} // namespace netlab
