#pragma once

#include <cstdint>

namespace netlab {

/// TCA_NETEM_PRNG_SEED, an u64 of Linux 6.6, which the headers of Debian 12 do not know.
inline constexpr std::uint16_t netem_prng_seed = 14;

} // namespace netlab
