#pragma once

#include "control/client.h"
#include "node/join.h"
#include "plan/plan.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace netlab {

/// The ways into the nodes of a lab, kept open: to ask the supervisor each time would let a command
/// wait for whatever it does.
class NodeDoors {
public:
    NodeDoors(std::filesystem::path lab, const Plan& plan) : lab_{std::move(lab)}, plan_{plan} {}

    /// The nodes that the patterns name, in file order. Throws InputError.
    std::vector<std::string> names(const std::vector<std::string>& patterns) const;
    /// Opens those that are not open, or whose node has ended since. Throws std::system_error,
    /// InputError.
    void open(const std::vector<std::string>& names);
    /// What it takes to run a command in the node. Throws std::runtime_error if it does not run.
    JoinRequest request(const std::string& node, const std::vector<std::string>& command);

    const std::filesystem::path& lab() const { return lab_; }
    const Plan& plan() const { return plan_; }

private:
    bool is_open(const std::string& node) const;

    std::filesystem::path lab_;
    const Plan& plan_;
    std::map<std::string, NodeHandle> open_;
};

} // namespace netlab
