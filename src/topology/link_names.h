#pragma once

#include "topology/fields.h"
#include "topology/node_table.h"
#include "topology/topology.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace netlab {

/// Hands out the names of links. What the file says comes first; the rest is `a-b`, then `a-b-2`,
/// `a-b-3`.
class LinkNames {
public:
    /// Takes a name of the file's; an error with both places if it is taken.
    void reserve(const std::string& name, Span span, Input& input);
    /// Names every link that has no name yet.
    void fill(std::vector<Link>& links, const NodeTable& table);

private:
    std::unordered_map<std::string, Span> taken_;
};

} // namespace netlab
