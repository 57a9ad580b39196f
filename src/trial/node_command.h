#pragma once

#include "node/join.h"
#include "trial/instant.h"

#include <filesystem>
#include <optional>
#include <string>

namespace netlab {

/// A command in a node whose output goes to two files. It is killed when this goes.
class NodeCommand {
public:
    /// Makes the files FILE.out and FILE.err and starts the command. Throws std::system_error, and
    /// std::runtime_error if the node does not let it.
    NodeCommand(const JoinRequest& request, std::filesystem::path file);

    /// Readable when it has ended; -1 when that is known.
    int fd() const { return exit_code_ ? -1 : command_.ended_fd(); }
    /// Looks whether it has ended.
    bool has_ended();
    /// As a shell gives it, once it has ended; nullopt before.
    const std::optional<int>& exit_code() const { return exit_code_; }
    /// Why it did not start; empty if it did.
    const std::string& error() const { return error_; }
    void send_signal(int signal) const { command_.send_signal(signal); }

    const std::string& node() const { return node_; }
    /// What it has printed so far, 16 MiB of it at most.
    std::string out() const;
    std::string err() const;

private:
    std::string node_;
    std::filesystem::path file_;
    JoinedCommand command_;
    std::optional<int> exit_code_;
    std::string error_;
};

} // namespace netlab
