#pragma once

#include "node/join.h"

#include <cstddef>
#include <string>
#include <vector>

namespace netlab {

/// How a command in many nodes is run and shown.
struct RunManyOptions {
    std::size_t at_once = 64;     ///< commands running at the same time
    bool colour = false;          ///< where a stream is a terminal, the node's name is coloured
    bool out_is_terminal = false; ///< control bytes on stdout are shown; colours pass
    bool err_is_terminal = false; ///< control bytes on stderr are shown; colours pass
    std::size_t kept_bytes =
        16UL << 20U; ///< of each stream of each node, when the output is collected
};

/// What became of the command in one node.
struct NodeResult {
    std::string name;
    int exit_code = 0;    ///< as a shell reports it
    std::string error;    ///< why it did not start; empty if it did
    std::string out;      ///< empty unless collected
    std::string err;      ///< empty unless collected
    bool out_cut = false; ///< more than kept_bytes came
    bool err_cut = false; ///< more than kept_bytes came
};

/// Runs each request in its node, in parallel, with stdin from /dev/null. Whole lines go to stdout
/// and stderr as they come, each after its node's name. SIGINT, SIGTERM, SIGHUP and SIGQUIT are
/// forwarded to all. Throws std::system_error.
std::vector<NodeResult> run_in_nodes(const std::vector<JoinRequest>& requests,
                                     const RunManyOptions& options);

/// The same, but what the commands print is kept in the results and nothing is shown.
std::vector<NodeResult> collect_from_nodes(const std::vector<JoinRequest>& requests,
                                           const RunManyOptions& options);

/// 0 if all ended with 0, else the highest exit code.
int overall_exit_code(const std::vector<NodeResult>& results);

} // namespace netlab
