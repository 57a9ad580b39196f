#pragma once

#include "lessons/page.h"

#include <filesystem>
#include <string>
#include <vector>

namespace netlab {

/// A place for a page's commands: a folder with the topologies, netlab in PATH, no lab running.
/// Ends what runs there, and removes the folder, when it goes.
class PageRun {
public:
    PageRun();
    ~PageRun();
    PageRun(const PageRun&) = delete;
    PageRun& operator=(const PageRun&) = delete;

    /// What the steps print, run in order in one bash, stdout and stderr together.
    std::string run(const std::vector<Step>& steps);
    /// The labs that run here, one on a line.
    std::string running_labs();

private:
    std::string run_script(const std::string& script);

    std::filesystem::path folder_;
};

} // namespace netlab
