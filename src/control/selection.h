#pragma once

#include "base/ids.h"
#include "plan/plan.h"

#include <string>
#include <vector>

namespace netlab {

/// The nodes that `patterns` name, each once, in file order: a name, a range (`h[1-3]`), a label
/// (`@edge`), or `all`. Throws InputError for what names none, with a suggestion.
std::vector<NodeId> select_nodes(const Plan& plan, const std::vector<std::string>& patterns);

/// Whether `pattern` may name several nodes.
bool names_many(const std::string& pattern);

} // namespace netlab
