#pragma once

#include "control/client.h"

#include <functional>
#include <string>
#include <vector>

namespace netlab {

/// A way into the networks of a lab's nodes for the process of an errand, which is in the lab's
/// user namespace from then on.
class LabVisit {
public:
    /// Throws std::system_error.
    explicit LabVisit(const std::filesystem::path& lab);

    /// Enters the node's network. Throws std::runtime_error if the node does not run.
    void enter(const std::string& node);
    /// Enters all of the node's namespaces but that of processes: files are the node's own then,
    /// and nothing of the host's is in sight any more.
    void enter_files(const std::string& node);

    LabClient& client() { return client_; }

private:
    NodeHandle& handle(const std::string& node);

    LabClient client_;
    std::vector<NodeHandle> handles_;
};

} // namespace netlab
