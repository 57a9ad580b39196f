#pragma once

#include "lab/lab.h"
#include "lab/wiring.h"

#include <string>
#include <vector>

namespace netlab {

/// The cables of a plan, none of them made yet: perfect ones carried by veth pairs, the others as
/// the plan says. Segments' bridges and ports get their indices in the lab's namespace.
std::vector<Cable> make_cables(const Plan& plan, const InterfaceIndices& indices);

/// What the file says of frames that enter a cable at a side.
const Impairment& planned(const Plan& plan, const CableSide& side);

/// `r1:eth0`, or the name of a port of a segment.
std::string name_of(const Plan& plan, const CableSide& side);

/// The process in whose network namespace a side is; 0 for the lab's own.
pid_t netns_of(const Lab& lab, const CableSide& side);

} // namespace netlab
