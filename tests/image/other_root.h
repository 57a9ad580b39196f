#pragma once

#include "image/ground.h"
#include "image/lab_root.h"
#include "image/node_root.h"

#include <functional>
#include <string>

namespace netlab::test {

/// What `look` returns in a child process whose root is a lab's. A failure to get there is the
/// answer, in words. `before` is done in the lab before anything is laid under its layers.
std::string in_lab(
    const LabRoot& root, const std::function<std::string()>& look,
    const std::function<void()>& before = [] {});

/// What `look` returns in a node below such a lab: PID 1 in namespaces of its own, user namespace
/// included. `before` is done in the lab first.
std::string in_node(
    const LabRoot& lab, const NodeRoot& node, const std::function<std::string()>& look,
    const std::function<void()>& before = [] {});

/// What the labs of these tests take for the owners of the host's files.
Owners& root_owners();

/// What a shell command prints, and its exit code if that is not 0, without the last newline.
std::string says(const std::string& command);

} // namespace netlab::test
