#pragma once

#include "node/brood.h"
#include "sys/unique_fd.h"

namespace netlab {

/// The program that clones nodes (src/spawner.cpp): what a node's PID 1 is made of is a small
/// process then and not the supervisor. It is part of this program.
class SpawnerProgram {
public:
    /// Not there where the kernel runs no program from memory, where AppArmor allows namespaces to
    /// programs by their paths, or in a build without it.
    SpawnerProgram();

    explicit operator bool() const { return static_cast<bool>(file_); }
    /// Becomes that program, in a process that was forked for it. Returns if it cannot be run.
    void become(const Brood& brood, const StartGate& gate, const UniqueFd& reports) const;

private:
    UniqueFd file_;
};

} // namespace netlab
