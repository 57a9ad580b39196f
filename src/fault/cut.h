#pragma once

#include "base/ids.h"
#include "lab/lab.h"

#include <cstddef>
#include <string>
#include <vector>

namespace netlab {

/// Cables that keep nodes apart when they are down, by their places in lab.cables, and that in a
/// line for a person.
struct Cut {
    std::vector<std::size_t> cables;
    std::string what;
};

/// The fewest cables without which no node of `from` is joined to one of `to`; or those whose links
/// cost least together. What is down now counts, too: it may come up. Links that the file has off
/// do not. Throws InputError if a node is on both sides, if a side is empty, and if nothing joins
/// them.
Cut cut_between(const Lab& lab, const std::vector<NodeId>& from, const std::vector<NodeId>& to,
                bool cheapest);

} // namespace netlab
