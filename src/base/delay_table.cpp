#include "base/delay_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace netlab {

namespace {

using Table = std::vector<std::int16_t>;

// As many as tc's own tables have. The kernel takes 16384 at most.
constexpr int entries = 4096;

std::int16_t in_steps(double jitters) {
    using Limits = std::numeric_limits<std::int16_t>;
    return static_cast<std::int16_t>(std::lround(
        std::clamp(jitters * delay_table_scale, double{Limits::min() + 1}, double{Limits::max()})));
}

/// The middle of the share of all draws that falls to entry `i`.
double quantile_of(int i) {
    return (i + 0.5) / entries;
}

Table uniform_table() {
    Table table(entries);
    for (int i = 0; i < entries; ++i) {
        table[static_cast<std::size_t>(i)] = in_steps(2.0 * i / (entries - 1) - 1.0);
    }
    return table;
}

double normal_cdf(double x) {
    return std::erfc(-x / std::numbers::sqrt2) / 2;
}

double normal_density(double x) {
    return std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
}

// Newton's steps from the entry before it: the quantiles rise slowly, and the tail of the
// cumulative distribution is concave, so that a step from its inner side cannot go astray.
Table normal_table() {
    Table table(entries);
    double x = 0;
    for (int i = entries / 2; i < entries; ++i) {
        for (int step = 0; step < 6; ++step) {
            x += (quantile_of(i) - normal_cdf(x)) / normal_density(x);
        }
        table[static_cast<std::size_t>(i)] = in_steps(x);
        table[static_cast<std::size_t>(entries - 1 - i)] = in_steps(-x);
    }
    return table;
}

// The table that tc calls pareto, by its formula (iproute2, netem/pareto.c): the quantiles of a
// Pareto distribution of shape 3 and minimum 1, less their mean of 3/2, over their variance of 3/4.
// Cut at 4 jitters, which leaves a mean of -0.03 and a deviation of 0.82 jitters.
Table pareto_table() {
    Table table(entries);
    for (int i = 0; i < entries; ++i) {
        const double value = 1.0 / std::cbrt(1.0 - quantile_of(i));
        table[static_cast<std::size_t>(i)] = in_steps((value - 1.5) / 0.75);
    }
    return table;
}

} // namespace

const std::vector<std::int16_t>& delay_table(Distribution distribution) {
    static const Table uniform = uniform_table();
    static const Table normal = normal_table();
    static const Table pareto = pareto_table();
    switch (distribution) {
    case Distribution::normal:
        return normal;
    case Distribution::pareto:
        return pareto;
    case Distribution::uniform:
        break;
    }
    return uniform;
}

} // namespace netlab
