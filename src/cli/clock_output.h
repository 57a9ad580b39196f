#pragma once

#include "control/unmoved.h"

#include <string>
#include <vector>

namespace netlab {

/// The clocks of nodes, as `netlab clock` shows them. Both end with a line break.
std::string clocks_to_text(const std::vector<NodeAnswer>& nodes,
                           const std::vector<UnmovedProcess>& unmoved, bool colour);
std::string clocks_to_json(const std::vector<NodeAnswer>& nodes,
                           const std::vector<UnmovedProcess>& unmoved);

} // namespace netlab
