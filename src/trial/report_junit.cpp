#include "base/quote.h"
#include "trial/report.h"

#include <fmt/format.h>

namespace netlab {

namespace {

/// Text of an XML 1.0 document: no control characters but tab, newline and return, no bytes that
/// are not UTF-8.
std::string xml(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
        case '&':
            safe += "&amp;";
            break;
        case '<':
            safe += "&lt;";
            break;
        case '>':
            safe += "&gt;";
            break;
        case '"':
            safe += "&quot;";
            break;
        case '\n':
            safe += "&#10;";
            break;
        default:
            safe += c;
        }
    }
    return safe;
}

/// What outsiders printed.
std::string foreign(std::string_view text) {
    return xml(printable(text, 4000));
}

std::string mismatch_lines(const StepResult& step) {
    std::string lines;
    for (const auto& one : step.mismatches) {
        lines += fmt::format("expected: {}&#10;actual:   {}&#10;", foreign(one.expected),
                             foreign(one.actual));
    }
    return lines + foreign(step.message);
}

std::string first_mismatch(const StepResult& step) {
    return step.mismatches.empty()
               ? foreign(step.message)
               : fmt::format("expected {}, not {}", foreign(step.mismatches.front().expected),
                             foreign(step.mismatches.front().actual));
}

std::string test_case(const TrialResult& run, const StepResult& step, const Source& source) {
    const auto line = source.position(step.span.begin).line;
    auto text =
        fmt::format(R"(    <testcase classname="{}" name="{}" file="{}" line="{}" time="{:.3f}">)",
                    xml(run.scenario), foreign(step.title), foreign(source.name()), line,
                    step.ended - step.began);
    if (step.outcome == Outcome::failed) {
        text += fmt::format("\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    ",
                            first_mismatch(step), step.verb, mismatch_lines(step));
    } else if (step.outcome != Outcome::held) {
        text += fmt::format("\n      <error message=\"{}\" type=\"{}\">{}</error>\n    ",
                            first_mismatch(step), to_string(step.outcome), mismatch_lines(step));
    }
    return text + "</testcase>\n";
}

struct JunitCounts {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
};

JunitCounts counts_of(const TrialResult& run) {
    JunitCounts counts;
    for (const auto* step : cases(run)) {
        ++counts.tests;
        counts.failures += step->outcome == Outcome::failed ? 1U : 0U;
        counts.errors +=
            step->outcome == Outcome::refused || step->outcome == Outcome::interrupted ? 1U : 0U;
    }
    const auto no_lab = run.lab_error.empty() ? 0U : 1U;
    counts.tests += no_lab;
    counts.errors += no_lab;
    return counts;
}

std::string suite(const TrialResult& run, const Source& source) {
    const auto counts = counts_of(run);
    auto text = fmt::format(R"(  <testsuite name="{}{}" tests="{}" failures="{}" errors="{}" )"
                            R"(skipped="0" time="{:.3f}" timestamp="{}">)"
                            "\n",
                            xml(run.scenario), run.run == 1 ? "" : fmt::format(" ({})", run.run),
                            counts.tests, counts.failures, counts.errors, run.seconds,
                            run.started.substr(0, 19));
    text += fmt::format("    <properties><property name=\"seed\" value=\"{}\"/>"
                        "<property name=\"folder\" value=\"{}\"/></properties>\n",
                        run.seed, foreign(run.folder.string()));
    if (!run.lab_error.empty()) {
        text += fmt::format("    <testcase classname=\"{}\" name=\"the lab starts\">"
                            "<error message=\"the lab could not be made\">{}</error></testcase>\n",
                            xml(run.scenario), foreign(run.lab_error));
    }
    for (const auto* step : cases(run)) {
        text += test_case(run, *step, source);
    }
    return text + "  </testsuite>\n";
}

} // namespace

std::string to_junit(const std::vector<TrialResult>& runs, const Source& source) {
    JunitCounts all;
    double seconds = 0;
    std::string suites;
    for (const auto& run : runs) {
        const auto counts = counts_of(run);
        all.tests += counts.tests;
        all.failures += counts.failures;
        all.errors += counts.errors;
        seconds += run.seconds;
        suites += suite(run, source);
    }
    return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                       "<testsuites name=\"netlab\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
                       "time=\"{:.3f}\">\n{}</testsuites>\n",
                       all.tests, all.failures, all.errors, seconds, suites);
}

} // namespace netlab
