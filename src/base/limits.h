#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace netlab {

/// How much of the machine a node may use; nothing where it is not limited.
struct Limits {
    std::optional<std::uint32_t> cpu;    ///< thousandths of a processor
    std::optional<std::uint64_t> memory; ///< bytes
    std::optional<std::uint32_t> pids;   ///< processes and threads beside the node's own init

    bool any() const { return cpu || memory || pids; }
    bool operator==(const Limits&) const = default;
};

/// Bytes with their unit: `64kB`, `256MiB`, `1.5GiB`. nullopt if it is none, or none that fits.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
std::string spell_bytes(std::uint64_t bytes);

/// Thousandths of a processor as the topology file writes them: 500 is `0.5`.
std::string spell_cpu(std::uint32_t thousandths);

/// The limits that are set, each with the text of the topology file: `cpu`, `memory`, `pids`.
std::vector<std::pair<std::string, std::string>> texts_of(const Limits& limits);

} // namespace netlab
