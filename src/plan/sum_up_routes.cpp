#include "plan/sum_up_routes.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace netlab {

namespace {

/// Bits that two addresses begin with alike.
std::uint8_t common_length(const IpAddress& left, const IpAddress& right) {
    for (std::size_t i = 0; i < left.bytes.size(); ++i) {
        const auto difference = static_cast<std::uint8_t>(left.bytes[i] ^ right.bytes[i]);
        if (difference != 0) {
            return static_cast<std::uint8_t>(
                i * 8 + static_cast<std::size_t>(std::countl_zero(difference)));
        }
    }
    return static_cast<std::uint8_t>(bits(left.family));
}

/// The routes as a binary tree: leaves are routes, or neighbours with the same next hops, an inner
/// place is the longest prefix of all that lies below it. So it has no place with one branch, and
/// one place less than twice the routes.
class Summary {
public:
    explicit Summary(const std::vector<NumberedRoute>& routes) : routes_(routes) {
        find_runs();
        std::vector<std::uint32_t> numbers;
        for (std::size_t i = 0; i < routes.size(); i = run_end_[i]) {
            numbers.push_back(routes[i].hops);
        }
        std::sort(numbers.begin(), numbers.end());
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
        hops_ = std::move(numbers);
        words_ = (hops_.size() + 63) / 64;
    }

    std::vector<NumberedRoute> run() {
        const auto root = build(0, routes_.size());
        emit(root, std::nullopt);
        return std::move(result_);
    }

private:
    struct Place {
        std::uint32_t first; ///< of the routes below
        std::uint8_t length; ///< of its prefix
        std::uint32_t lower; ///< the branches' places; 0 in a leaf: the root is nobody's branch
        std::uint32_t upper;
    };

    std::uint64_t* set_of(std::uint32_t place) { return sets_.data() + place * words_; }

    std::uint32_t new_place(std::size_t first, std::uint8_t length) {
        places_.push_back({static_cast<std::uint32_t>(first), length, 0, 0});
        sets_.resize(sets_.size() + words_);
        return static_cast<std::uint32_t>(places_.size() - 1);
    }

    void find_runs() {
        run_end_.resize(routes_.size());
        for (std::size_t i = routes_.size(); i-- > 0;) {
            const bool goes_on = i + 1 < routes_.size() && routes_[i].hops == routes_[i + 1].hops;
            run_end_[i] = goes_on ? run_end_[i + 1] : static_cast<std::uint32_t>(i + 1);
        }
    }

    std::uint32_t new_leaf(std::size_t route, std::uint8_t length) {
        const auto leaf = new_place(route, length);
        const auto number = static_cast<std::size_t>(
            std::lower_bound(hops_.begin(), hops_.end(), routes_[route].hops) - hops_.begin());
        set_of(leaf)[number / 64] |= std::uint64_t{1} << (number % 64);
        return leaf;
    }

    /// Bottom up: a place's set is what both branches agree on, or else what either wants.
    std::uint32_t build(std::size_t begin, std::size_t end) {
        const auto& front = routes_[begin];
        if (end - begin == 1) {
            return new_leaf(begin, front.to.length);
        }
        const auto length = common_length(front.to.address, routes_[end - 1].to.address);
        if (run_end_[begin] >= end && length != 0) {
            return new_leaf(begin, length);
        }
        const auto place = new_place(begin, length);
        const auto middle = std::partition_point(
            routes_.begin() + static_cast<std::ptrdiff_t>(begin),
            routes_.begin() + static_cast<std::ptrdiff_t>(end), [&](const NumberedRoute& route) {
                return (route.to.address.bytes[length / 8U] & (0x80U >> (length % 8U))) == 0;
            });
        const auto split = static_cast<std::size_t>(middle - routes_.begin());
        const auto lower = build(begin, split);
        const auto upper = build(split, end);
        places_[place].lower = lower;
        places_[place].upper = upper;
        combine(place, lower, upper);
        return place;
    }

    void combine(std::uint32_t place, std::uint32_t lower, std::uint32_t upper) {
        std::uint64_t any = 0;
        for (std::size_t i = 0; i < words_; ++i) {
            set_of(place)[i] = set_of(lower)[i] & set_of(upper)[i];
            any |= set_of(place)[i];
        }
        for (std::size_t i = 0; any == 0 && i < words_; ++i) {
            set_of(place)[i] = set_of(lower)[i] | set_of(upper)[i];
        }
    }

    bool has(std::uint32_t place, std::uint32_t number) {
        return ((set_of(place)[number / 64] >> (number % 64)) & 1U) != 0;
    }

    std::uint32_t first_of(std::uint32_t place) {
        for (std::uint32_t i = 0;; ++i) {
            if (const auto word = set_of(place)[i]; word != 0) {
                return i * 64 + static_cast<std::uint32_t>(std::countr_zero(word));
            }
        }
    }

    /// Top down: a place needs a route only where what it gets from above is not in its set.
    void emit(std::uint32_t number, std::optional<std::uint32_t> inherited) {
        const auto place = places_[number];
        const bool is_default = place.length == 0;
        if (!is_default && (!inherited || !has(number, *inherited))) {
            inherited = first_of(number);
            result_.push_back(
                {prefix_of(routes_[place.first].to.address, place.length), hops_[*inherited]});
        }
        if (place.lower != 0) {
            emit(place.lower, inherited);
            emit(place.upper, inherited);
        }
    }

    const std::vector<NumberedRoute>& routes_;
    std::vector<std::uint32_t> hops_; ///< by their number in a set
    std::size_t words_ = 0;           ///< of a set
    /// By route, where the next one with other next hops is: all up to there are one leaf.
    std::vector<std::uint32_t> run_end_;
    std::vector<Place> places_;
    std::vector<std::uint64_t> sets_;
    std::vector<NumberedRoute> result_;
};

} // namespace

std::vector<NumberedRoute> sum_up_routes(const std::vector<NumberedRoute>& routes) {
    return routes.empty() ? routes : Summary{routes}.run();
}

} // namespace netlab
