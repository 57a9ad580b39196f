#pragma once

#include "lab/lab.h"

#include <cstddef>
#include <vector>

namespace netlab {

/// How a cable is to be.
struct CableState {
    Carriage carriage = Carriage::veth;
    bool down = false;
    BothWays<Impairment> entering;

    bool operator==(const CableState&) const = default;
};

CableState state_of(const Cable& cable);

/// Makes the cable number `id` of the lab as `wanted` says. Where it goes on with the same
/// interfaces each direction changes between one frame and the next. Where it does not (a veth pair
/// becomes a wire, or is cut) both interfaces are made anew, with their names, indices, MAC
/// addresses, addresses, routes and bridges; frames that are under way then are lost. Throws
/// std::system_error; the cable is then as it was, or, where the kernel refuses even that, cut.
/// Returns whether there is a carrier where there was none, see pass_over_noted.
bool recable(Lab& lab, std::size_t id, const CableState& wanted);

/// Takes from the front of `cables`, which are numbers of the lab's, those of whose carriers the
/// kernel has taken note; until it has, it drops their packets. Nobody waits for a node that has
/// ended.
void pass_over_noted(const Lab& lab, std::vector<std::size_t>& cables);

/// Makes TAPs for both sides of a cable, without carrier, their interfaces down. Throws
/// std::system_error.
void make_taps(const Lab& lab, Cable& cable);

} // namespace netlab
