#pragma once

#include "lab/lab.h"

#include <functional>

namespace netlab {

/// Starts a node again that was killed (see Faults::kill): all its namespaces are new, and its file
/// system, but its interfaces have their names, indices, MAC addresses and what shapes them now.
/// `prepare` is called once it has a network namespace, before any packet passes; then set-up
/// commands run and services start. Returns when it is ready; `note_ends` is called meanwhile, to
/// take note of nodes that end. Throws InputError for a node of which too little is
/// left, and std::runtime_error if it does not become ready; then it has ended again.
void revive(Lab& lab, NodeId id, const std::function<void()>& prepare,
            const std::function<void()>& note_ends);

} // namespace netlab
