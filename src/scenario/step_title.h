#pragma once

#include "scenario/scenario.h"

#include <string>

namespace netlab {

/// What a step does, in a line: `partition n[1-2] | n[3-5]`, `n4: etcdctl endpoint status`.
std::string title_of(const Step& step);

/// `etcdctl endpoint status`: of a command that goes through `sh -c`, its text.
std::string words_of(const std::vector<std::string>& command);

/// `n[1-3] @db`
std::string joined(const std::vector<std::string>& words, const char* between = " ");

} // namespace netlab
