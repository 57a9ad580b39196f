#pragma once

#include <string>
#include <vector>

namespace netlab {

/// A command that a page shows, and what the page says it prints.
struct Step {
    std::string command;
    std::string node; ///< typed at the prompt of a shell in this node; empty: on the host
    std::vector<std::string> expected; ///< lines
    int line = 0;                      ///< of the page, from 1
};

/// The commands in the ```console blocks of a Markdown text, in order. A block has `$ command` on
/// the host, `h1# command` in a shell in node h1, and below each what it prints.
std::vector<Step> read_steps(const std::string& markdown);

/// A bash script that runs the steps, a shell in a node with what is typed there as its input.
/// Before each step's output it prints a mark, which split_output finds.
std::string script_of(const std::vector<Step>& steps);

/// What each of `count` steps printed, in lines; fewer if the script ended early.
std::vector<std::vector<std::string>> split_output(const std::string& output, std::size_t count);

} // namespace netlab
