#include "base/quote.h"
#include "topology/node_values.h"

#include <cmath>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr double most_processors = 4096;
constexpr std::uint64_t least_memory = 4U << 20U;  ///< what a node's own parts take, and some
constexpr std::uint64_t most_memory = 1ULL << 50U; ///< a pebibyte
constexpr std::int64_t most_processes = 4'194'304; ///< PID_MAX_LIMIT of 64-bit kernels

bool is_none(const Value& value) {
    const auto* text = value.as_string();
    return text != nullptr && *text == "none";
}

std::optional<std::uint32_t> read_cpu(const Value& value, Input& input) {
    if (is_none(value)) {
        return no_limit;
    }
    const auto* number = value.as_number();
    if (number == nullptr) {
        refuse_type(value, "'cpu'", "a number of processors", input,
                    "0.5 is half a processor, 2 are two");
        return std::nullopt;
    }
    const double thousandths = std::round(number->value * 1000);
    if (!(thousandths >= 10 && thousandths <= most_processors * 1000) ||
        std::abs(number->value * 1000 - thousandths) > 1e-6) {
        input.diagnostics.error(
            value.span, fmt::format("'cpu' cannot be {}", printable(input.written(value.span), 20)),
            fmt::format("it is 0.01 to {:.0f} processors, in steps of 0.001", most_processors));
        return std::nullopt;
    }
    return static_cast<std::uint32_t>(thousandths);
}

std::optional<std::uint64_t> read_memory(const Value& value, Input& input) {
    if (is_none(value)) {
        return no_limit;
    }
    const auto* text = value.as_string();
    if (text == nullptr) {
        const auto* number = value.as_number();
        refuse_type(value, "'memory'", "an amount of bytes", input,
                    number == nullptr ? "an amount looks like \"256MiB\""
                                      : fmt::format("write its unit: \"{}MiB\" or \"{}B\"",
                                                    printable(input.written(value.span), 20),
                                                    printable(input.written(value.span), 20)));
        return std::nullopt;
    }
    const auto bytes = parse_bytes(*text);
    if (!bytes) {
        input.diagnostics.error(value.span,
                                fmt::format("{} is not an amount of bytes", quoted(*text)),
                                "an amount looks like \"256MiB\", \"64MB\" or \"1.5GiB\"");
        return std::nullopt;
    }
    if (*bytes < least_memory || *bytes > most_memory) {
        input.diagnostics.error(
            value.span, fmt::format("'memory' cannot be {}", quoted(*text)),
            fmt::format("it is {} to {}", spell_bytes(least_memory), spell_bytes(most_memory)));
        return std::nullopt;
    }
    return bytes;
}

std::optional<std::uint32_t> read_pids(const Value& value, Input& input) {
    if (is_none(value)) {
        return no_limit;
    }
    const auto number = want_integer(value, "'pids'", 1, most_processes, input);
    return number ? std::optional{static_cast<std::uint32_t>(*number)} : std::nullopt;
}

} // namespace

LimitSettings read_limits(const Value& value, Input& input) {
    LimitSettings out;
    const auto* map = want_map(value, "'limits'", input, R"({ "memory": "256MiB", "cpu": 0.5 })");
    if (map == nullptr) {
        return out;
    }
    out.span = value.span;
    Fields fields{*map, "'limits'", input};
    const auto read = [&](std::string_view key, auto& limit, auto reader) {
        if (const auto* member = fields.take(key)) {
            limit = reader(member->value, input);
        }
    };
    read("cpu", out.cpu, read_cpu);
    read("memory", out.memory, read_memory);
    read("pids", out.pids, read_pids);
    fields.refuse_rest();
    return out;
}

Limits limits_of(const LimitSettings& settings) {
    Limits limits{settings.cpu, settings.memory, settings.pids};
    const auto drop = [](auto& limit) {
        if (limit == no_limit) {
            limit.reset();
        }
    };
    drop(limits.cpu);
    drop(limits.memory);
    drop(limits.pids);
    return limits;
}

} // namespace netlab
