#include "base/quote.h"
#include "scenario/value_text.h"
#include "trial/report.h"

#include <fmt/format.h>

namespace netlab {

namespace {

/// A description of TAP: `#` begins a directive, `\` escapes.
std::string tap_text(std::string_view text) {
    std::string safe;
    for (const char c : printable(text)) {
        safe += c == '#' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    return safe;
}

/// YAML, whose strings JSON's are.
std::string tap_details(const StepResult& step, const Source& source) {
    auto text = fmt::format(
        "  ---\n  at: {}\n",
        json_string(fmt::format("{}:{}", source.name(), source.position(step.span.begin).line)));
    if (!step.message.empty()) {
        text += fmt::format("  message: {}\n", json_string(printable(step.message, 4000)));
    }
    if (!step.mismatches.empty()) {
        text += "  mismatches:\n";
    }
    for (const auto& one : step.mismatches) {
        text +=
            fmt::format("    - expected: {}\n      actual: {}\n",
                        json_string(printable(one.expected)), json_string(printable(one.actual)));
    }
    return text + "  ...\n";
}

} // namespace

std::string to_tap(const std::vector<TrialResult>& runs, const Source& source) {
    std::string lines;
    std::size_t number = 0;
    for (const auto& run : runs) {
        const auto which =
            runs.size() == 1 ? "" : fmt::format("run {} (seed {}): ", run.run, run.seed);
        if (!run.lab_error.empty()) {
            lines += fmt::format("not ok {} - {}the lab starts\n  ---\n  message: {}\n  ...\n",
                                 ++number, which, json_string(printable(run.lab_error, 4000)));
        }
        for (const auto* step : cases(run)) {
            const bool held = step->outcome == Outcome::held;
            lines += fmt::format("{}ok {} - {}{}\n", held ? "" : "not ", ++number, which,
                                 tap_text(step->title));
            lines += held ? "" : tap_details(*step, source);
        }
    }
    return fmt::format("TAP version 14\n1..{}\n{}", number, lines);
}

} // namespace netlab
