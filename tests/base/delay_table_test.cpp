#include "base/delay_table.h"
#include "support/catch.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace netlab {

namespace {

/// In jitters.
double mean_of(const std::vector<std::int16_t>& table) {
    return std::accumulate(table.begin(), table.end(), 0.0) / delay_table_scale /
           static_cast<double>(table.size());
}

double deviation_of(const std::vector<std::int16_t>& table) {
    double squares = 0;
    for (const double step : table) {
        squares += std::pow(step / delay_table_scale - mean_of(table), 2);
    }
    return std::sqrt(squares / static_cast<double>(table.size()));
}

bool near(double value, double expected) {
    return std::abs(value - expected) < 0.005;
}

/// Of the draws within `jitters` of the mean.
double share_within(const std::vector<std::int16_t>& table, double jitters) {
    const auto within = std::count_if(table.begin(), table.end(), [&](double step) {
        return std::abs(step) <= jitters * delay_table_scale;
    });
    return static_cast<double>(within) / static_cast<double>(table.size());
}

} // namespace

TEST_CASE("each table of delays rises and is one that the kernel takes") {
    for (const auto distribution :
         {Distribution::uniform, Distribution::normal, Distribution::pareto}) {
        const auto& table = delay_table(distribution);
        INFO(to_string(distribution));
        CHECK(table.size() == 4096);
        CHECK(std::is_sorted(table.begin(), table.end()));
        CHECK(&table == &delay_table(distribution));
    }
}

TEST_CASE("uniform delays are spread evenly over one jitter to each side") {
    const auto& table = delay_table(Distribution::uniform);
    CHECK(table.front() == -delay_table_scale);
    CHECK(table.back() == delay_table_scale);
    CHECK(near(mean_of(table), 0));
    CHECK(near(deviation_of(table), 1 / std::sqrt(3.0)));
    CHECK(near(share_within(table, 0.25), 0.25));
}

TEST_CASE("the jitter is the standard deviation of normal delays") {
    const auto& table = delay_table(Distribution::normal);
    CHECK(near(mean_of(table), 0));
    CHECK(near(deviation_of(table), 1));
    CHECK(near(share_within(table, 1), 0.6827));
    CHECK(near(share_within(table, 2), 0.9545));
    for (std::size_t i = 0; i < table.size(); ++i) {
        REQUIRE(table[i] == -table[table.size() - 1 - i]);
    }
}

// 1 - x^-3 of all draws are below x; in jitters of tc's table: (x - 3/2) / (3/4).
TEST_CASE("Pareto delays are those of tc's table: many a little early, few very late") {
    const auto& table = delay_table(Distribution::pareto);
    CHECK(near(table.front() / double{delay_table_scale}, -2.0 / 3));
    CHECK(table.back() == 32767);
    CHECK(near(mean_of(table), -0.033));
    CHECK(near(deviation_of(table), 0.821));
    const double middle = table[table.size() / 2] / double{delay_table_scale};
    CHECK(near(middle, (std::cbrt(2.0) - 1.5) / 0.75));
}

} // namespace netlab
