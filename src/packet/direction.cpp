#include "packet/direction.h"

#include "base/delay_table.h"

#include <algorithm>

namespace netlab {

namespace {

constexpr std::size_t ethernet_header_bits = 14 * 8;

} // namespace

Direction::Direction(Instant connected, std::uint64_t way)
    : way_(way), bottleneck_(connected), loss_(0, {}), duplicate_(0, {}), corrupt_(0, {}),
      reorder_(0, {}), jitter_(0, {}) {}

Chance Direction::series(std::uint64_t seed, std::uint64_t kind) const {
    return Chance{seed_for(seed, 16 * way_ + kind), impairment_.correlation};
}

std::vector<Bottleneck::Moved> Direction::shape(const Impairment& impairment,
                                                std::uint64_t chance_seed, Instant now) {
    impairment_ = impairment;
    auto moved = bottleneck_.shape(impairment, now);
    const std::uint64_t seed = impairment.seed.value_or(chance_seed);
    loss_ = series(seed, 0);
    duplicate_ = series(seed, 1);
    corrupt_ = series(seed, 2);
    reorder_ = series(seed, 3);
    jitter_ = series(seed, 4);
    if (impairment.seed || !impairment.loss.bursts) {
        in_burst_ = false;
    }
    // A shorter delay may let frames past those that have a longer one, as a new cable would.
    last_arrival_ = {};
    return moved;
}

bool Direction::loses() {
    const auto& bursts = impairment_.loss.bursts;
    if (!bursts) {
        return loss_.hits(impairment_.loss.random);
    }
    const bool lost = in_burst_;
    if (loss_.hits(lost ? bursts->r : bursts->p)) {
        in_burst_ = !in_burst_;
    }
    return lost;
}

std::optional<std::size_t> Direction::corrupts(std::size_t length) {
    if (!corrupt_.hits(impairment_.corrupt) || length * 8 <= ethernet_header_bits) {
        return std::nullopt;
    }
    return ethernet_header_bits + corrupt_.random().below(length * 8 - ethernet_header_bits);
}

/// As netem's tabledist, but that a number is scaled to the range rather than divided by it: a
/// remainder would undo the correlation.
Duration Direction::jittered_delay() {
    const std::int64_t jitter = impairment_.jitter.count();
    if (jitter == 0) {
        return impairment_.delay;
    }
    const std::uint64_t number = jitter_.draw();
    if (impairment_.distribution == Distribution::uniform) {
        // 2^32 * 2 * 60 s is beyond 64 bits: the nanoseconds are halved first.
        const auto range = static_cast<std::uint64_t>(jitter);
        const auto offset = static_cast<std::int64_t>(((number >> 4) * range) >> 27);
        return impairment_.delay + Duration{offset - jitter};
    }
    const auto& table = delay_table(impairment_.distribution);
    const std::int64_t steps = table[(number * table.size()) >> 32];
    return impairment_.delay + Duration{jitter * steps / delay_table_scale};
}

Instant Direction::arrival(Instant departure) {
    if (reorder_.hits(impairment_.reorder)) {
        return departure;
    }
    Instant arrival = departure + std::max(jittered_delay(), Duration{});
    if (impairment_.rate || impairment_.trace) {
        arrival = std::max(arrival, last_arrival_);
    }
    last_arrival_ = arrival;
    return arrival;
}

Passage Direction::enter(Instant now, std::size_t length) {
    const auto departure = bottleneck_.enter(now, length);
    if (!departure) {
        return {.fate = Passage::Fate::dropped};
    }
    if (loses()) {
        return {.fate = Passage::Fate::lost};
    }
    const bool duplicated = duplicate_.hits(impairment_.duplicate);
    const auto corrupted = corrupts(length);
    return {Passage::Fate::arrives, *departure, arrival(*departure), duplicated, corrupted};
}

bool passes_segments(const Impairment& impairment) {
    Impairment only_delay;
    only_delay.delay = impairment.delay;
    return impairment == only_delay;
}

} // namespace netlab
