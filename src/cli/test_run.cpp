#include "cli/test_run.h"

#include "base/quote.h"
#include "cli/output.h"
#include "cli/start_planned.h"
#include "control/client.h"
#include "sys/check.h"
#include "sys/text_file.h"
#include "trial/report.h"
#include "trial/trial.h"

#include <array>
#include <csignal>
#include <fstream>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>

namespace netlab {

namespace {

/// What was wrong with the lab's start, as text.
std::string text_of(const std::exception& error) {
    std::string text = error.what();
    if (const auto* input = dynamic_cast<const InputError*>(&error)) {
        const auto& first = input->diagnostics().all().front();
        text = first.message + (first.hint.empty() ? "" : "\n  hint: " + first.hint);
    }
    return text;
}

/// The record, by which the folder of a run is known.
constexpr const char* record = "events.jsonl";
/// What else a run leaves.
constexpr std::array beside_record{"outputs", "logs", "failure", "lab.log", "result.json"};

/// Whether a run has left that folder: its record begins as write_head() has it.
bool is_of_run(const std::filesystem::path& folder) {
    constexpr std::string_view head = R"({"event":"scenario",)";
    if (!std::filesystem::is_regular_file(folder / record)) {
        return false;
    }
    std::ifstream file{folder / record};
    std::string begin(head.size(), '\0');
    return file.read(begin.data(), static_cast<std::streamsize>(begin.size())) && begin == head;
}

/// A folder of a run before, or none; afterwards nothing of that run is in it that this one might
/// not write.
const std::filesystem::path& emptied(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder);
    refuse_others_files(folder); // they may have come since the first look
    if (is_of_run(folder)) {
        for (const auto* name : beside_record) {
            std::filesystem::remove_all(folder / name);
        }
    }
    return folder;
}

/// Shows steps as they begin, where one run goes on at a time.
class Progress {
public:
    explicit Progress(bool shown) : shown_{shown} {}

    void step(const StepResult& step, bool ended) {
        if (shown_ && !ended) {
            line_.show(fmt::format("{}: {}", step.number, printable(step.title, 60)));
        }
    }
    ProgressLine& line() { return line_; }
    bool is_shown() const { return shown_; }

private:
    bool shown_;
    ProgressLine line_;
};

/// A run while it goes on.
class TestRun {
public:
    TestRun(const TestPlan& test, std::size_t run)
        : test_{test}, folder_{folder_of_run(test.folder, test.options.times, run)},
          events_{emptied(folder_) / record}, progress_{test.options.parallel == 1} {
        const auto& scenario = test.steps.scenario();
        result_.scenario = scenario.name;
        result_.file = test.steps.source().name();
        result_.folder = folder_;
        result_.run = run;
        result_.seed = test.seed + run - 1;
        result_.started = utc_text(std::chrono::system_clock::now());
    }

    TrialResult run() {
        const auto begin = TrialClock::now();
        write_head();
        if (start()) {
            run_steps();
            end();
        }
        result_.seconds = std::chrono::duration<double>{TrialClock::now() - begin}.count();
        write_result();
        return std::move(result_);
    }

private:
    void write_head() {
        const auto& scenario = test_.steps.scenario();
        events_.write(Event{{"event", "scenario"},
                            {"name", scenario.name},
                            {"file", result_.file},
                            {"topology", std::filesystem::absolute(scenario.topology).string()},
                            {"seed", result_.seed},
                            {"run", result_.run},
                            {"on_failure", scenario.stop_on_failure ? "stop" : "continue"}});
    }

    /// False if there is no lab.
    bool start() {
        auto options = shown_start(progress_.line(), false);
        if (!progress_.is_shown()) {
            options.progress = [](const StartMessage&) {};
        }
        options.set_up_patience = test_.options.timeout;
        options.tethered = !test_.options.keep;
        try {
            lab_ = start_planned(test_.planned, test_.steps.scenario().topology, options,
                                 LabNaming::next_free);
        } catch (const Interrupted&) {
            result_.outcome = Outcome::interrupted;
            return false;
        } catch (const std::exception& error) {
            result_.outcome = Outcome::refused;
            result_.lab_error = text_of(error);
            events_.write(Event{{"event", "lab"}, {"state", "failed"}, {"error", error.what()}});
            return false;
        }
        result_.lab = test_.planned.plan.name;
        events_.write(Event{{"event", "lab"}, {"state", "ready"}, {"name", result_.lab}});
        return true;
    }

    void run_steps() {
        const TrialSetting setting{
            lab_,
            test_.planned.plan,
            test_.steps,
            result_.seed,
            folder_,
            events_,
            "netlab test " + result_.file,
            [this](const StepResult& step, bool ended) { progress_.step(step, ended); }};
        try {
            run_trial(setting, result_);
        } catch (const std::exception& error) {
            result_.outcome = Outcome::refused;
            result_.lab_error = "the run could not go on: " + text_of(error);
        }
        progress_.line().clear();
    }

    void end() {
        const auto log = read_file_or(lab_ / "log", "");
        const UniqueFd directory{check(::open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                                       "open {}", folder_.string())};
        write_beside("lab.log", log);
        const bool failed =
            result_.outcome == Outcome::failed || result_.outcome == Outcome::refused;
        result_.kept = test_.options.keep && (test_.options.times == 1 || failed);
        if (!result_.kept) {
            end_lab(lab_);
        }
        events_.write(Event{{"event", "lab"}, {"state", result_.kept ? "kept" : "down"}});
    }

    void write_beside(const std::string& name, const std::string& text) const {
        constexpr ::mode_t mode = 0644;
        const auto path = folder_ / name;
        const UniqueFd file{
            check(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode), "write {}",
                  path.string())};
        check(::write(file.get(), text.data(), text.size()), "write {}", path.string());
    }

    void write_result() const {
        write_beside("result.json", to_json(std::vector{result_}, test_.steps.source()));
    }

    const TestPlan& test_;
    std::filesystem::path folder_;
    EventLog events_;
    Progress progress_;
    TrialResult result_;
    std::filesystem::path lab_;
};

} // namespace

std::filesystem::path folder_of_run(const std::filesystem::path& folder, std::size_t times,
                                    std::size_t run) {
    return times == 1 ? folder : folder / std::to_string(run);
}

void refuse_others_files(const std::filesystem::path& folder) {
    if (is_of_run(folder)) {
        return;
    }
    std::vector<std::string> names{record};
    names.insert(names.end(), beside_record.begin(), beside_record.end());
    for (const auto& name : names) {
        if (std::filesystem::exists(std::filesystem::symlink_status(folder / name))) {
            throw InputError{fmt::format("a run would write over {}, which no run has made",
                                         quoted((folder / name).string())),
                             "give the run a folder of its own: --output DIR"};
        }
    }
}

TrialResult run_once(const TestPlan& test, std::size_t run) {
    return TestRun{test, run}.run();
}

} // namespace netlab
