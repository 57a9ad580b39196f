#pragma once

#include "base/ids.h"
#include "lab/lab.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// Properties of an impairment, key and spelling: see set_property.
using Properties = std::vector<std::pair<std::string, std::string>>;

enum class LinkVerb {
    set,   ///< changes the properties that are named, keeps the rest
    reset, ///< as the topology file says, a cable that was cut included
    clear, ///< perfect
    down,  ///< as a cut cable: no carrier at any end
    up,    ///< the cable is whole again
};

/// A change to links of a running lab. All of it happens, or nothing.
struct LinkChange {
    LinkVerb verb = LinkVerb::set;
    /// Links (`r1-r2`) or, for set, reset and clear, ends of links (`r1:eth1`: what leaves there);
    /// ranges are allowed in both (`sw-h[1-3]`), and `all`.
    std::vector<std::string> targets;
    Properties properties; ///< of set
};

/// What a change was about.
struct ChangedLinks {
    std::vector<LinkId> links;           ///< in file order
    std::vector<std::size_t> plugged_in; ///< cables with new carriers: see pass_over_noted
};

/// Carries a change out. Throws InputError for what the user can mend, before anything has changed,
/// and std::runtime_error for what the kernel refused; then everything is as it was.
ChangedLinks change_links(Lab& lab, const LinkChange& change);

} // namespace netlab
