#include "base/quote.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/read_plan.h"
#include "cli/test_run.h"
#include "scenario/load_scenario.h"
#include "sys/blocked_signals.h"
#include "sys/check.h"
#include "sys/id_choice.h"
#include "sys/own_program.h"
#include "topology/load_topology.h"
#include "trial/errand.h"
#include "trial/report.h"
#include "trial/result_json.h"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <map>
#include <memory>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr int scenario_failed = 1;
constexpr int no_lab = 3;
/// As much as every reader of JSON takes unchanged.
constexpr std::uint64_t largest_seed = (std::uint64_t{1} << 53U) - 1;

/// Signals for the runs, which they end by, while this lives.
class SignalsOfRuns {
public:
    int fd() const { return signals_.fd(); }
    /// The next that has come, 0 if none has. One of the terminal has reached the runs, too.
    int take(bool& of_terminal) const {
        signalfd_siginfo taken{};
        if (::read(signals_.fd(), &taken, sizeof taken) != sizeof taken) {
            return 0;
        }
        of_terminal = taken.ssi_code == SI_KERNEL;
        return static_cast<int>(taken.ssi_signo);
    }

private:
    BlockedSignals signals_{SIGINT, SIGTERM, SIGHUP};
};

/// All runs, some at once, each in a process of its own.
class Runs {
public:
    explicit Runs(const TestPlan& test) : test_{test}, results_(test.options.times) {}

    /// Those that were run, in order; `show` is called with each as it ends.
    std::vector<TrialResult> run(const std::function<void(const TrialResult&)>& show) {
        std::size_t next = 1;
        while (next <= test_.options.times || !running_.empty()) {
            while (signal_ == 0 && next <= test_.options.times &&
                   running_.size() < test_.options.parallel) {
                running_.emplace(next, std::make_unique<Errand>([this, next] {
                                     return result_to_json(run_once(test_, next));
                                 }));
                ++next;
            }
            if (running_.empty()) {
                break;
            }
            wait();
            take(show);
        }
        std::erase_if(results_, [](const TrialResult& one) { return one.scenario.empty(); });
        return std::move(results_);
    }

    /// That ended the runs; 0: none did.
    int signal() const { return signal_; }

private:
    void wait() {
        std::vector<::pollfd> waits{{signals_.fd(), POLLIN, 0}};
        for (const auto& [run, errand] : running_) {
            waits.push_back({errand->fd(), POLLIN, 0});
        }
        ::poll(waits.data(), waits.size(), -1);
        bool of_terminal = false;
        for (int signal = 0; (signal = signals_.take(of_terminal)) != 0;) {
            signal_ = signal;
            for (const auto& [run, errand] : running_) {
                if (!of_terminal) {
                    errand->send_signal(signal);
                }
            }
        }
    }

    void take(const std::function<void(const TrialResult&)>& show) {
        for (auto at = running_.begin(); at != running_.end();) {
            if (!at->second->take()) {
                ++at;
                continue;
            }
            auto& result = results_[at->first - 1];
            if (at->second->error().empty()) {
                result = parse_result(at->second->result());
            } else {
                result.scenario = test_.steps.scenario().name;
                result.run = at->first;
                result.outcome = Outcome::refused;
                result.lab_error = at->second->error();
            }
            show(result);
            at = running_.erase(at);
        }
    }

    const TestPlan& test_;
    SignalsOfRuns signals_;
    std::map<std::size_t, std::unique_ptr<Errand>> running_;
    std::vector<TrialResult> results_;
    int signal_ = 0;
};

/// `netlab-runs/etcd-20261129-150405`, or the next like it that is free.
std::filesystem::path new_folder(const std::string& scenario) {
    const auto now = std::time(nullptr);
    std::tm parts{};
    ::localtime_r(&now, &parts);
    const auto name =
        fmt::format("{}-{:04}{:02}{:02}-{:02}{:02}{:02}", scenario, parts.tm_year + 1900,
                    parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    const std::filesystem::path parent{"netlab-runs"};
    std::filesystem::create_directories(parent);
    for (int number = 1;; ++number) {
        auto folder = parent / (number == 1 ? name : fmt::format("{}-{}", name, number));
        if (std::filesystem::create_directory(folder)) {
            return folder;
        }
    }
}

/// Throws InputError: that there is no place for it is said before anything starts.
std::filesystem::path make_folder(const TestOptions& options, const std::string& scenario) {
    try {
        if (options.output.empty()) {
            return new_folder(scenario);
        }
        std::filesystem::create_directories(options.output);
        for (std::size_t run = 1; run <= options.times; ++run) {
            refuse_others_files(folder_of_run(options.output, options.times, run));
        }
        return options.output;
    } catch (const std::filesystem::filesystem_error& error) {
        throw InputError{fmt::format("cannot make a folder for the run, {}: {}",
                                     quoted(error.path1().string()), error.code().message()),
                         "another place for it: --output DIR"};
    }
}

std::uint64_t any_seed() {
    std::random_device device;
    return device(); // small enough for a person to type
}

UniqueFd open_report(const std::string& file, int flags) {
    constexpr ::mode_t mode = 0644;
    return UniqueFd{check(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode),
                          "write {}", file)};
}

/// Whether there will be a report is known before the runs. If not, a folder that was made for
/// them is not left.
void try_report(const TestOptions& options, const std::filesystem::path& folder) {
    try {
        if (!options.junit.empty()) {
            open_report(options.junit, 0);
        }
    } catch (const std::system_error& error) {
        if (options.output.empty()) {
            std::error_code none;
            std::filesystem::remove(folder, none);
        }
        throw InputError{error.what(), "give --junit a file that can be written"};
    }
}

void write_report(const std::string& file, const std::string& text) {
    const auto report = open_report(file, O_TRUNC);
    check(::write(report.get(), text.data(), text.size()), "write {}", file);
}

int exit_code_of(const std::vector<TrialResult>& runs, int signal) {
    if (signal != 0) {
        return 128 + signal;
    }
    bool without_lab = false;
    for (const auto& run : runs) {
        if (run.outcome != Outcome::held && run.lab_error.empty()) {
            return scenario_failed;
        }
        without_lab = without_lab || !run.lab_error.empty();
    }
    return without_lab ? no_lab : 0;
}

void show_all(const TestOptions& options, const std::vector<TrialResult>& runs,
              const Source& source) {
    if (!options.junit.empty()) {
        write_report(options.junit, to_junit(runs, source));
    }
    if (options.tap) {
        print(stdout, to_tap(runs, source));
    } else if (options.json) {
        print(stdout, to_json(runs, source));
    } else if (runs.size() > 1) {
        const auto held = std::ranges::count_if(
            runs, [](const TrialResult& run) { return run.outcome == Outcome::held; });
        print(stdout, fmt::format("{} of {} runs held\n", held, runs.size()));
    }
}

int run_all(const TestPlan& test, const Source& source) {
    const auto& options = test.options;
    Runs runs{test};
    ProgressLine progress;
    std::size_t ended = 0;
    const auto results = runs.run([&](const TrialResult& run) {
        progress.clear();
        if (!options.tap && !options.json) {
            print(stdout, to_text(run, source, wants_colour(stdout)));
        }
        if (run.kept) {
            print(stderr, fmt::format("lab {0} is kept; netlab down {0} ends it\n", run.lab));
        }
        if (options.times > 1) {
            progress.show(fmt::format("{} of {} runs", ++ended, options.times));
        }
    });
    progress.clear();
    show_all(options, results, source);
    return exit_code_of(results, runs.signal());
}

/// The topology of a scenario; what is wrong with the file itself is said at the place that names
/// it.
std::optional<PlannedFile> read_topology(const Scenario& scenario, Diagnostics& diagnostics) {
    try {
        return read_plan(scenario.topology.string());
    } catch (const InputError& error) {
        diagnostics.error(scenario.topology_span, error.diagnostics().all().front().message);
        return std::nullopt;
    }
}

ParameterTexts parameters_of(const TestOptions& options) {
    ParameterTexts texts;
    for (const auto& word : options.set) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0) {
            throw InputError{"--set " + quoted(word) + " gives no parameter a value",
                             "write --set NAME=VALUE"};
        }
        texts[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return texts;
}

/// Shows what is wrong; whether anything is.
bool is_wrong(const Diagnostics& diagnostics, const Source& source) {
    print(stderr, render(diagnostics, source, wants_colour(stderr)));
    return diagnostics.has_errors();
}

} // namespace

int run_test(const TestOptions& options) {
    shield_own_program(choose_id_maps().uids);
    const auto source = read_source(options.file, "scenario");
    Diagnostics diagnostics;
    const auto directory = std::filesystem::absolute(options.file).parent_path();
    const auto scenario = load_scenario(source, directory, diagnostics, parameters_of(options));
    auto planned = scenario.topology.empty() ? std::nullopt : read_topology(scenario, diagnostics);
    if (!planned) {
        return is_wrong(diagnostics, source) ? 2 : 0;
    }
    const bool bad_topology = is_wrong(planned->diagnostics, planned->source);
    if (bad_topology && planned->topology.uncertain) {
        is_wrong(diagnostics, source);
        return 2;
    }
    const StepSource steps{scenario, source, planned->topology, diagnostics};
    if (is_wrong(diagnostics, source) || bad_topology) {
        return 2;
    }
    if (options.parallel > 1) { // the first of them would take the host's ports from the others
        for (auto& node : planned->plan.nodes) {
            node.publish.clear();
        }
    }
    auto seed = options.seed ? *options.seed : scenario.seed.value_or(any_seed());
    seed = std::min(seed, largest_seed - options.times);
    const auto folder = make_folder(options, scenario.name);
    try_report(options, folder);
    return run_all({options, steps, *planned, folder, seed}, source);
}

} // namespace netlab
