#include "base/diagnostic.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/json_output.h"
#include "cli/output.h"
#include "cli/run_many.h"
#include "cli/terminal.h"
#include "control/client.h"
#include "control/pause.h"
#include "control/selection.h"
#include "sys/check.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace netlab {

namespace {

/// How many files this process may open.
std::size_t most_files() {
    ::rlimit limit{};
    check(::getrlimit(RLIMIT_NOFILE, &limit), "read the limit on open files");
    return limit.rlim_cur;
}

/// Nodes joined at the same time, each of them an open file.
std::size_t piece() {
    return std::clamp<std::size_t>(most_files() / 4, 1, 200);
}

/// What is put into a paused node would stop there.
bool can_run(const NodeAnswer& node) {
    return node.running && !is_paused(node);
}

std::string why_not(const NodeAnswer& node) {
    return node.running ? fmt::format("node {0} is paused (netlab resume {0})", node.name)
                        : fmt::format("node {} does not run: {}", node.name, node.end);
}

JoinRequest request_for(const NodeHandle& handle, const std::vector<std::string>& command) {
    return {handle.pidfd.get(),  command,
            handle.node.env,     handle.node.user,
            handle.node.workdir, handle.node.name,
            handle.node.cgroup,  handle.node.clock.has_time_namespace()};
}

/// The supervisor's connections are few, and a command may run for days: none is held meanwhile.
std::vector<NodeHandle> join(const std::filesystem::path& lab,
                             const std::vector<std::string>& names) {
    return LabClient{lab}.join(names);
}

int run_in_one(const std::filesystem::path& lab, const ExecOptions& options) {
    const auto handles = join(lab, {options.node});
    if (const auto& node = handles.front().node; !can_run(node)) {
        throw std::runtime_error{why_not(node)};
    }
    try {
        return run_in_node(request_for(handles.front(), options.command));
    } catch (const CommandNotStarted& error) {
        print(stderr, fmt::format("netlab: {}\n", printable(error.what(), 4096)));
        return error.exit_code();
    }
}

/// `results` of the nodes in which something ran, and between them those of the others.
std::vector<NodeResult> with_ended(const std::vector<NodeHandle>& handles,
                                   const std::vector<bool>& ran, std::vector<NodeResult> results) {
    std::vector<NodeResult> all;
    auto next = results.begin();
    for (std::size_t i = 0; i < handles.size(); ++i) {
        const auto& handle = handles[i];
        if (ran[i]) {
            all.push_back(std::move(*next++));
        } else {
            NodeResult result;
            result.name = handle.node.name;
            result.exit_code = 1;
            result.error = why_not(handle.node);
            all.push_back(std::move(result));
        }
    }
    return all;
}

std::vector<NodeResult> run_in_piece(const std::filesystem::path& lab,
                                     const std::vector<std::string>& names,
                                     const ExecOptions& options) {
    const auto handles = join(lab, names);
    std::vector<JoinRequest> requests;
    std::vector<bool> runs;
    for (const auto& handle : handles) {
        runs.push_back(can_run(handle.node));
        if (runs.back()) {
            requests.push_back(request_for(handle, options.command));
        } else if (!options.json) {
            print(stderr, fmt::format("netlab: {}\n", why_not(handle.node)));
        }
    }
    RunManyOptions many;
    many.at_once = std::min(many.at_once, most_files() / 8); // three files each, four at its start
    many.colour = wants_colour(stdout);
    many.out_is_terminal = ::isatty(STDOUT_FILENO) != 0;
    many.err_is_terminal = ::isatty(STDERR_FILENO) != 0;
    return with_ended(handles, runs,
                      options.json ? collect_from_nodes(requests, many)
                                   : run_in_nodes(requests, many));
}

int run_in_many(const std::filesystem::path& lab, const ExecOptions& options) {
    const auto all = LabClient{lab}.names({options.node});
    std::vector<NodeResult> results;
    const auto at_once = static_cast<std::ptrdiff_t>(piece());
    for (auto begin = all.begin(); begin != all.end();) {
        const auto end = begin + std::min(all.end() - begin, at_once);
        std::ranges::move(run_in_piece(lab, {begin, end}, options), std::back_inserter(results));
        begin = end;
    }
    if (options.json) {
        print(stdout, results_to_json(results));
    }
    return overall_exit_code(results);
}

} // namespace

int run_exec(const ExecOptions& options) {
    const auto lab = find_lab(options.lab).path;
    return options.json || names_many(options.node) ? run_in_many(lab, options)
                                                    : run_in_one(lab, options);
}

} // namespace netlab
