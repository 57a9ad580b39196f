#pragma once

#include "plan/compress_routes.h"
#include "plan/prefix_tree.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace netlab {

/// What routes may lead to, for destinations of one kind and another.
struct Choices {
    std::vector<std::uint32_t> values; ///< numbers of next hops; of several the first is taken
    std::size_t words = 0;             ///< of a set of values
    std::vector<std::uint64_t> sets;   ///< by kind: a bit for each of the values that will do

    void resize(std::size_t kinds) {
        words = (values.size() + 63) / 64;
        sets.assign(kinds * words, 0);
    }
    void allow(std::size_t kind, std::size_t value) {
        sets[kind * words + value / 64] |= std::uint64_t{1} << (value % 64);
    }
};

/// A route: the prefix of a place in the tree, and one of the values.
struct Sum {
    std::uint32_t place = 0;
    std::uint32_t value = 0;
};

/// Finds the fewest routes that give each destination next hops that will do, by the longest
/// prefix; what lies between destinations may be covered too. The method is ORTC (R. Draves, C.
/// King, S. Venkatachary, B. Zill: Constructing Optimal IP Routing Tables, INFOCOM 1999), where
/// addresses of nobody may have any next hops, and a destination may leave the choice. One object
/// does so again and again, in the memory that it has.
class Summary {
public:
    explicit Summary(const PrefixTree& tree);

    /// `kinds` are the destinations' own, by their order in the tree; 0: nobody's. No sum is a
    /// default route. Sorted by place; holds until the next call.
    const std::vector<Sum>& run(std::span<const std::uint32_t> kinds, const Choices& choices);

private:
    enum class State : std::uint8_t { nobody, all_alike, lower_only, upper_only, both };

    void find_runs();
    bool is_alike(const PrefixTree::Place& place) const;
    State build(std::uint32_t number);
    void combine(std::uint32_t place, std::uint32_t lower, std::uint32_t upper);
    bool has(std::uint32_t place, std::uint32_t number) const;
    std::uint32_t first_of(std::uint32_t place) const;
    void emit(std::uint32_t number, std::optional<std::uint32_t> inherited);

    const PrefixTree* tree_;
    std::span<const std::uint32_t> kinds_;
    const Choices* choices_ = nullptr;
    /// By destination, where the next one of another kind is: all up to there are one leaf.
    std::vector<std::uint32_t> run_end_;
    std::vector<State> states_; ///< by place
    /// By place: in `sets_`, or one of the choices' own.
    std::vector<const std::uint64_t*> set_of_;
    std::vector<std::uint64_t> sets_; ///< by place
    std::vector<Sum> sums_;
};

/// The same for routes that leave no choice: equal numbers are the same next hops. `routes` must be
/// sorted, disjoint, and of one family; the result is sorted.
std::vector<NumberedRoute> sum_up_routes(const std::vector<NumberedRoute>& routes);

} // namespace netlab
