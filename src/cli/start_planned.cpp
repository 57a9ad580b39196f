#include "cli/start_planned.h"

#include "base/quote.h"
#include "control/server.h"
#include "lab/limit_check.h"
#include "plan/plan_json.h"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// More labs of one name at once than anyone runs.
constexpr int most_namesakes = 1000;
/// Of a lab's name in the file format.
constexpr std::size_t longest_name = 32;

/// Takes the folder along unless the lab is up.
class Claim {
public:
    explicit Claim(StateDirectory state) : state_{std::move(state)} {}
    ~Claim() {
        if (!kept_) {
            state_.remove();
        }
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

    const StateDirectory& state() const { return state_; }
    void keep() { kept_ = true; }

private:
    StateDirectory state_;
    bool kept_ = false;
};

/// `campus-2`, cut so that it is no longer than a name may be.
std::string numbered(const std::string& name, int number) {
    const auto ending = fmt::format("-{}", number);
    return name.substr(0, longest_name - ending.size()) + ending;
}

StateDirectory claim_as_planned(const std::string& name) {
    auto state = StateDirectory::claim(name);
    if (!state) {
        throw InputError{"a lab called " + quoted(name) + " is running already",
                         "end it with netlab down " + name +
                             ", or give this one another name with -l NAME"};
    }
    return std::move(*state);
}

/// MAC addresses were made of the name that the file gives, and stay: labs of one file are alike.
StateDirectory claim_next_free(std::string& name) {
    const auto first = name;
    for (int number = 1; number <= most_namesakes; ++number) {
        if (number > 1) {
            name = numbered(first, number);
        }
        if (auto state = StateDirectory::claim(name)) {
            return std::move(*state);
        }
    }
    throw InputError{fmt::format("{} labs called {} are running", most_namesakes, quoted(first)),
                     "end them: netlab down --all"};
}

} // namespace

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::size_t count_services(const Plan& plan) {
    std::size_t count = 0;
    for (const auto& node : plan.nodes) {
        count += node.run.size();
    }
    return count;
}

LabCard card_of(const Plan& plan, const std::string& file, std::int64_t started) {
    return {plan.name,
            plan.description,
            std::filesystem::absolute(file).lexically_normal(),
            started,
            plan.nodes.size(),
            plan.links.size(),
            count_services(plan)};
}

StartOptions shown_start(ProgressLine& progress, bool verbose) {
    StartOptions start;
    start.progress = [&progress](const StartMessage& message) {
        progress.show(
            fmt::format("{} {}/{}", describe(message.phase), message.done, message.total));
    };
    start.remark = [&progress, verbose](const std::string& text) {
        if (verbose) {
            progress.clear();
            print(stderr, "note: " + text + "\n");
        }
    };
    return start;
}

std::filesystem::path start_planned(PlannedFile& planned, const std::string& file,
                                    StartOptions options, LabNaming naming) {
    auto& plan = planned.plan;
    check_limits(plan, host_limits());
    if (const auto warning = neighbour_warning(plan, neighbour_limit()); !warning.empty()) {
        print(stderr, "warning: " + warning + "\n");
    }
    Claim claim{naming == LabNaming::as_planned ? claim_as_planned(plan.name)
                                                : claim_next_free(plan.name)};
    const auto write_card = [&](std::int64_t started) {
        claim.state().write("lab.json", to_json(card_of(plan, file, started)));
    };
    write_card(0);
    claim.state().write("plan.json", plan_to_json(plan, -1));
    options.ready = [&] { write_card(seconds_now()); };
    options.serve = serve_lab;
    start_lab(plan, planned.source, claim.state(), options);
    claim.keep();
    return claim.state().path();
}

} // namespace netlab
