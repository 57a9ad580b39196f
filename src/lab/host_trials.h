#pragma once

#include <string>
#include <vector>

namespace netlab {

/// Something that a lab asks of the kernel.
enum class Ability {
    namespaces, ///< those of a lab, with its ids mapped; without them nothing else is tried
    network,    ///< to set up an interface in them
    mounts,     ///< a tmpfs, and a mount made read-only
    proc,       ///< a /proc of their own
    node,       ///< a node's namespaces inside the lab's
    links,      ///< veth pairs and bridges
    tap,
    netem,
    overlay,
    nat,
    time, ///< a clock of its own
};

/// How an attempt ended.
struct Trial {
    Ability ability{};
    std::string refusal; ///< the kernel's words; empty: it worked
    std::string remark;  ///< of namespaces: why nodes have one user id only, if they have
    std::string cure{};  ///< of that
};

/// Tries all of them, in the order of Ability, in namespaces made as `up` makes those of a lab, and
/// gone afterwards. The caller has one thread. Throws std::system_error where not even a process
/// can be made.
std::vector<Trial> try_abilities();

} // namespace netlab
