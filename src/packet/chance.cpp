#include "packet/chance.h"

#include <bit>

namespace netlab {

namespace {

/// splitmix64: near seeds give far states.
std::uint64_t mix(std::uint64_t& state) {
    state += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

} // namespace

std::uint64_t seed_for(std::uint64_t seed, std::uint64_t purpose) {
    std::uint64_t state = mix(seed) ^ purpose;
    return mix(state);
}

Random::Random(std::uint64_t seed) {
    for (auto& word : state_) {
        word = mix(seed);
    }
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

std::uint64_t Random::below(std::uint64_t end) {
    // What is not exactly even about a remainder is below 2^-40 for what a frame has bits.
    return next() % end;
}

Chance::Chance(std::uint64_t seed, Percentage correlation)
    : random_(seed), correlation_(correlation.of_32_bits()), last_(random_.next_32()) {}

std::uint32_t Chance::draw() {
    const std::uint32_t value = random_.next_32();
    if (correlation_ == 0) {
        return value;
    }
    // Two shares that add up to 2^32, so that nothing overflows 64 bits.
    const std::uint64_t of_last = std::uint64_t{correlation_} + 1;
    const std::uint64_t of_value = (std::uint64_t{1} << 32) - of_last;
    last_ = static_cast<std::uint32_t>((value * of_value + last_ * of_last) >> 32);
    return last_;
}

bool Chance::hits(Percentage share) {
    return share && draw() <= share.of_32_bits();
}

} // namespace netlab
