#include "plan/sum_up_routes.h"

#include <algorithm>
#include <bit>

namespace netlab {

Summary::Summary(const PrefixTree& tree)
    : tree_{&tree}, states_(tree.places().size()), set_of_(states_.size()) {}

const std::vector<Sum>& Summary::run(std::span<const std::uint32_t> kinds, const Choices& choices) {
    sums_.clear();
    kinds_ = kinds;
    choices_ = &choices;
    if (!kinds.empty()) {
        sets_.resize(std::max(sets_.size(), states_.size() * choices.words));
        find_runs();
        build(0);
        emit(0, std::nullopt);
    }
    return sums_;
}

void Summary::find_runs() {
    run_end_.resize(kinds_.size());
    auto end = static_cast<std::uint32_t>(kinds_.size());
    for (auto i = end; i-- > 0;) {
        end = i + 1 < kinds_.size() && kinds_[i] != kinds_[i + 1] ? i + 1 : end;
        run_end_[i] = end;
    }
}

bool Summary::is_alike(const PrefixTree::Place& place) const {
    return place.upper == 0 || (run_end_[place.begin] >= place.end && place.length != 0);
}

/// Bottom up: a place's set is what both branches agree on, or else what either wants.
Summary::State Summary::build(std::uint32_t number) {
    const auto& place = tree_->places()[number];
    auto& state = states_[number];
    if (is_alike(place)) {
        const auto kind = kinds_[place.begin];
        state = kind == 0 ? State::nobody : State::all_alike;
        set_of_[number] = choices_->sets.data() + kind * choices_->words;
        return state;
    }
    const bool lower = build(number + 1) != State::nobody;
    const bool upper = build(place.upper) != State::nobody;
    if (lower && upper) {
        combine(number, number + 1, place.upper);
        state = State::both;
    } else if (lower) {
        set_of_[number] = set_of_[number + 1];
        state = State::lower_only;
    } else {
        set_of_[number] = set_of_[place.upper];
        state = upper ? State::upper_only : State::nobody;
    }
    return state;
}

void Summary::combine(std::uint32_t place, std::uint32_t lower, std::uint32_t upper) {
    auto* set = sets_.data() + place * choices_->words;
    const auto* left = set_of_[lower];
    const auto* right = set_of_[upper];
    std::uint64_t any = 0;
    for (std::size_t i = 0; i < choices_->words; ++i) {
        set[i] = left[i] & right[i];
        any |= set[i];
    }
    for (std::size_t i = 0; any == 0 && i < choices_->words; ++i) {
        set[i] = left[i] | right[i];
    }
    set_of_[place] = set;
}

bool Summary::has(std::uint32_t place, std::uint32_t number) const {
    return ((set_of_[place][number / 64] >> (number % 64)) & 1U) != 0;
}

std::uint32_t Summary::first_of(std::uint32_t place) const {
    for (std::uint32_t i = 0;; ++i) {
        if (const auto word = set_of_[place][i]; word != 0) {
            return i * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
        }
    }
}

/// Top down: a place needs a route only where what it gets from above is not in its set.
void Summary::emit(std::uint32_t number, std::optional<std::uint32_t> inherited) {
    const auto& place = tree_->places()[number];
    switch (states_[number]) {
    case State::nobody:
        return;
    case State::lower_only:
        return emit(number + 1, inherited);
    case State::upper_only:
        return emit(place.upper, inherited);
    case State::all_alike:
    case State::both:
        break;
    }
    if (place.length != 0 && (!inherited || !has(number, *inherited))) {
        inherited = first_of(number);
        sums_.push_back({number, choices_->values[*inherited]});
    }
    if (states_[number] == State::both) {
        emit(number + 1, inherited);
        emit(place.upper, inherited);
    }
}

std::vector<NumberedRoute> sum_up_routes(const std::vector<NumberedRoute>& routes) {
    Choices choices;
    std::vector<IpPrefix> prefixes;
    for (const auto& route : routes) {
        prefixes.push_back(route.to);
        choices.values.push_back(route.hops);
    }
    std::sort(choices.values.begin(), choices.values.end());
    choices.values.erase(std::unique(choices.values.begin(), choices.values.end()),
                         choices.values.end());
    choices.resize(choices.values.size() + 1);
    for (std::size_t i = 0; i < choices.values.size(); ++i) {
        choices.allow(i + 1, i);
    }
    std::vector<std::uint32_t> kinds;
    for (const auto& route : routes) {
        const auto value =
            std::lower_bound(choices.values.begin(), choices.values.end(), route.hops);
        kinds.push_back(static_cast<std::uint32_t>(value - choices.values.begin()) + 1);
    }
    const PrefixTree tree{std::move(prefixes)};
    std::vector<NumberedRoute> sums;
    Summary summary{tree};
    for (const auto& [place, value] : summary.run(kinds, choices)) {
        sums.push_back({tree.prefix(place), value});
    }
    return sums;
}

} // namespace netlab
