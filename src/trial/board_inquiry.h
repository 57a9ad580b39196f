#pragma once

#include "sys/unique_fd.h"
#include "trial/errand.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace netlab {

/// A node, and what its services are, as the supervisor says.
struct NodeBoard {
    std::string node;
    bool running = false;
    std::vector<std::string> services; ///< names
    std::vector<std::string> states;   ///< of each
    UniqueFd board;                    ///< none if it has no services
};

/// Asks a lab for the boards of nodes, by a child: its supervisor may be busy, or not answer.
class BoardInquiry {
public:
    /// Throws std::system_error if there can be no child.
    BoardInquiry(const std::filesystem::path& lab, std::set<std::string> nodes);

    /// Adds the descriptors that are readable when there is something to take.
    void add_fds(std::vector<int>& fds) const;
    /// Takes what has come. Returns whether it is over.
    bool take();

    const std::set<std::string>& nodes() const { return nodes_; }
    /// Why there is no answer; empty if there is.
    const std::string& error() const { return errand_->error(); }
    /// The answer, once.
    std::vector<NodeBoard> boards();

private:
    void take_boards();

    std::set<std::string> nodes_;
    UniqueFd socket_; ///< on which the boards come, each with its node's name
    std::optional<Errand> errand_;
    std::map<std::string, UniqueFd> boards_;
};

} // namespace netlab
