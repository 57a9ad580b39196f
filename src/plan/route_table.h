#pragma once

#include "base/address.h"
#include "base/source.h"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

struct NextHop {
    std::optional<IpAddress> via; ///< nullopt: directly on the interface
    std::string interface;

    auto operator<=>(const NextHop&) const = default;
};

/// A route of a node's table. Several next hops share the traffic (equal-cost multipath).
struct RoutePlan {
    IpPrefix to; ///< length 0 is the default route
    std::vector<NextHop> next_hops;
    std::optional<std::uint32_t> metric;
    Span span; ///< the file's route, or empty for a computed one

    bool operator==(const RoutePlan&) const = default;
};

/// A route as it lies in a table; holds as long as the table is not changed.
struct RouteView {
    const IpPrefix& to; ///< length 0 is the default route
    const std::vector<NextHop>& next_hops;
    const std::optional<std::uint32_t>& metric;
    const Span& span; ///< the file's route, or empty for a computed one
};

/// The routes of a node. A large lab has millions, of which most lead the way of another: a way is
/// kept once.
class RouteTable {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = RouteView;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = RouteView;

        Iterator(const RouteTable& table, std::size_t at) : table_{&table}, at_{at} {}

        RouteView operator*() const { return (*table_)[at_]; }
        Iterator& operator++() {
            ++at_;
            return *this;
        }
        Iterator operator++(int) { return {*table_, at_++}; }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        const RouteTable* table_;
        std::size_t at_;
    };

    RouteTable() = default;
    explicit RouteTable(std::vector<RoutePlan> routes);

    std::size_t size() const { return entries_.size(); }
    bool empty() const { return entries_.empty(); }
    RouteView operator[](std::size_t route) const;
    RouteView back() const { return (*this)[size() - 1]; }
    Iterator begin() const { return {*this, 0}; }
    Iterator end() const { return {*this, size()}; }
    /// Whether both have the same routes in the same order.
    bool operator==(const RouteTable& other) const;

    void push_back(RoutePlan route);
    /// A number for next hops that routes of no metric will share.
    std::uint32_t add_way(std::vector<NextHop> next_hops);
    void add(const IpPrefix& to, std::uint32_t way) { entries_.push_back({to, way}); }
    void make_room_for(std::size_t more) { entries_.reserve(entries_.size() + more); }
    /// By prefix, then by metric.
    void sort();

private:
    struct Entry {
        IpPrefix to;
        std::uint32_t way = 0;
    };
    struct Way {
        std::vector<NextHop> next_hops;
        std::optional<std::uint32_t> metric;
        Span span;
    };

    std::vector<Entry> entries_;
    std::vector<Way> ways_;
};

} // namespace netlab
