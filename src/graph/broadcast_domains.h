#pragma once

#include "base/ids.h"

#include <vector>

namespace netlab {

class Graph;

/// Which links count: every one (addresses do not change when a link goes down), or those that are
/// up.
enum class LinkChoice { all, up };

/// The broadcast domains: links that are joined by switches. A link that ends on no switch is a
/// domain of its own. Domains are in the order of their first link, links in their own order.
std::vector<std::vector<LinkId>> broadcast_domains(const Graph& graph,
                                                   LinkChoice choice = LinkChoice::all);

} // namespace netlab
