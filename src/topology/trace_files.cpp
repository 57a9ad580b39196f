#include "topology/trace_files.h"

#include "base/number.h"
#include "base/quote.h"
#include "topology/node_paths.h"

#include <limits>
#include <memory>
#include <optional>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Of all traces together; one may have 16 MiB.
constexpr std::size_t most_bytes = 64U << 20U;

constexpr std::string_view trace_form =
    "each line is the milliseconds at which the link may carry 1500 bytes";

std::string why_not_line(std::string_view line, std::optional<std::uint32_t> value,
                         const Trace& trace) {
    if (line.empty()) {
        return "is empty";
    }
    if (!value) {
        return fmt::format("is {}, not a whole number up to {}", quoted(line),
                           std::numeric_limits<std::uint32_t>::max());
    }
    if (!trace.milliseconds.empty() && *value < trace.milliseconds.back()) {
        return fmt::format("goes back from {} to {}", trace.milliseconds.back(), *value);
    }
    return {};
}

} // namespace

ParsedTrace parse_trace(std::string name, std::string_view text) {
    ParsedTrace parsed{{std::move(name), {}}, {}};
    auto& trace = parsed.trace;
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    } else if (text.empty()) {
        parsed.why = "is empty";
        return parsed;
    }
    for (std::size_t number = 1, begin = 0; begin <= text.size(); ++number) {
        const auto line = text.substr(begin, text.find('\n', begin) - begin);
        const auto value = to_number<std::uint32_t>(line);
        if (const auto why = why_not_line(line, value, trace); !why.empty()) {
            parsed.why = fmt::format("is not one: line {} {}", number, why);
            return parsed;
        }
        trace.milliseconds.push_back(*value);
        begin += line.size() + 1;
    }
    if (trace.milliseconds.back() == 0) {
        parsed.why = "is over at once: its last line must be above 0";
    }
    return parsed;
}

SharedTrace TraceFiles::read(const std::string& path, Span span) {
    const auto [known, is_new] = read_.try_emplace(path);
    if (is_new) {
        known->second = read_new(path, span);
    }
    return known->second;
}

SharedTrace TraceFiles::read_new(const std::string& path, Span span) {
    const auto text = read_host_file(path, span, input_);
    if (!text) {
        return {};
    }
    bytes_ += text->size();
    if (bytes_ > most_bytes) {
        input_.diagnostics.error(span, "the traces up to this one take more than 64 MiB");
        return {};
    }
    auto parsed = parse_trace(path, *text);
    if (!parsed.why.empty()) {
        input_.diagnostics.error(span, fmt::format("the trace {} {}", quoted(path), parsed.why),
                                 std::string{trace_form});
        return {};
    }
    parsed.trace.milliseconds.shrink_to_fit();
    return {std::make_shared<const Trace>(std::move(parsed.trace))};
}

} // namespace netlab
