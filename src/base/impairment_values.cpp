#include "base/impairment.h"
#include "base/quantity.h"

#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::array<Unit, 1> percent{{{"%", Percentage::whole / 100}}};
constexpr std::array<Unit, 5> rate_units{{{"tbit", 1'000'000'000'000},
                                          {"gbit", 1'000'000'000},
                                          {"mbit", 1'000'000},
                                          {"kbit", 1'000},
                                          {"bit", 1}}};
constexpr std::array<Unit, 5> byte_units{
    {{"MiB", 1 << 20}, {"MB", 1'000'000}, {"KiB", 1 << 10}, {"kB", 1'000}, {"B", 1}}};

} // namespace

Duration Rate::time_of(std::uint64_t bytes) const {
    // A frame and a second in nanoseconds fit: 65,550 * 8 * 10^9 < 2^63.
    return Duration{static_cast<Duration::rep>((bytes * 8 * 1'000'000'000 + value_ - 1) / value_)};
}

std::optional<Percentage> parse_percentage(std::string_view text) {
    const auto amount = parse_quantity(text, percent);
    return amount && *amount <= Percentage::whole
               ? std::optional{Percentage{static_cast<std::uint32_t>(*amount)}}
               : std::nullopt;
}

std::string to_string(Percentage percentage) {
    const auto amount = percentage.hundred_millionths();
    auto text = fmt::format("{}.{:06}", amount / percent[0].size, amount % percent[0].size);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return text + "%";
}

std::optional<Rate> parse_rate(std::string_view text) {
    const auto amount = parse_quantity(text, rate_units);
    return amount && *amount > 0 ? std::optional{Rate{static_cast<std::uint64_t>(*amount)}}
                                 : std::nullopt;
}

std::string to_string(Rate rate) {
    return spell_quantity(static_cast<std::int64_t>(rate.bits_per_second()), rate_units);
}

std::optional<QueueLimit> parse_queue(std::string_view text) {
    constexpr std::array<Unit, 1> packets{{{"packets", 1}}};
    const auto bytes = parse_quantity(text, byte_units);
    const auto count = bytes ? bytes : parse_quantity(std::string{text} + "packets", packets);
    if (!count || *count == 0) {
        return std::nullopt;
    }
    return QueueLimit{bytes ? QueueLimit::Unit::bytes : QueueLimit::Unit::packets,
                      static_cast<std::uint64_t>(*count)};
}

std::string to_string(const QueueLimit& queue) {
    return queue.unit == QueueLimit::Unit::packets
               ? std::to_string(queue.count)
               : spell_quantity(static_cast<std::int64_t>(queue.count), byte_units);
}

} // namespace netlab
