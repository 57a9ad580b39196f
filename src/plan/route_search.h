#pragma once

#include "plan/destinations.h"
#include "plan/families.h"
#include "plan/path_cache.h"
#include "plan/sum_up_routes.h"

#include <optional>
#include <vector>

namespace netlab {

/// What one thread needs to work out the routes of one node after another: memory that is used
/// again, and what a node's IPv6 routes have in common with its IPv4 ones.
class RouteSearch {
public:
    explicit RouteSearch(const PerFamily<Destinations>& destinations);

    /// The shortest paths of `node`. What these functions return holds until they are asked of
    /// another node.
    ShortestPaths& paths(NodeId node, Family family);
    /// The first hops by destination, 0 where none are known: see Destinations::find_hops.
    const std::vector<HopSet>& hops(NodeId node, Family family);
    /// How many destinations have some.
    std::size_t known(NodeId node, Family family);
    /// The fewest routes to what is known: places in the destinations' tree, and HopSets. A subnet
    /// that has routers only is content with some of its first hops, everything else has all.
    const std::vector<Sum>& sums(NodeId node, Family family);

private:
    struct Found {
        std::optional<NodeId> node;
        std::vector<HopSet> hops;
        std::size_t known = 0;
        bool summed_up = false;
    };

    Found& found(NodeId node, Family family);
    void find_choices(const Found& found, const Destinations& destinations, ShortestPaths& paths);
    void find_values(ShortestPaths& paths);
    void allow_parts(HopSet wanted, std::size_t kind, ShortestPaths& paths);

    const PerFamily<Destinations>& destinations_;
    bool alike_; ///< the families' routes are, but for addresses
    PathCache cache_;
    PerFamily<Found> found_;
    std::vector<Summary> summaries_; ///< by family
    PerFamily<std::vector<Sum>> sums_;

    Choices choices_;
    std::vector<std::uint32_t> kinds_;                 ///< by destination
    std::vector<std::uint8_t> wanted_;                 ///< by kind
    std::vector<std::uint32_t> value_of_;              ///< by HopSet
    std::vector<std::uint32_t> single_of_;             ///< by number of a first hop: the value
    std::vector<std::vector<std::uint32_t>> by_first_; ///< values of several, by their first number
};

} // namespace netlab
