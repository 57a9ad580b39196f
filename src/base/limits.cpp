#include "base/limits.h"

#include "base/quantity.h"

#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::array<Unit, 7> binary_units{{{"GiB", 1 << 30},
                                            {"GB", 1'000'000'000},
                                            {"MiB", 1 << 20},
                                            {"MB", 1'000'000},
                                            {"KiB", 1 << 10},
                                            {"kB", 1'000},
                                            {"B", 1}}};

} // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
    const auto amount = parse_quantity(text, binary_units);
    return amount ? std::optional{static_cast<std::uint64_t>(*amount)} : std::nullopt;
}

std::string spell_bytes(std::uint64_t bytes) {
    return bytes == 0 ? "0B" : spell_quantity(static_cast<std::int64_t>(bytes), binary_units);
}

std::string spell_cpu(std::uint32_t thousandths) {
    auto text = fmt::format("{}.{:03}", thousandths / 1000, thousandths % 1000);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
        text.pop_back();
    }
    return text;
}

std::vector<std::pair<std::string, std::string>> texts_of(const Limits& limits) {
    std::vector<std::pair<std::string, std::string>> texts;
    if (limits.cpu) {
        texts.emplace_back("cpu", spell_cpu(*limits.cpu));
    }
    if (limits.memory) {
        texts.emplace_back("memory", spell_bytes(*limits.memory));
    }
    if (limits.pids) {
        texts.emplace_back("pids", std::to_string(*limits.pids));
    }
    return texts;
}

} // namespace netlab
