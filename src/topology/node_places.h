#pragma once

#include "topology/node_settings.h"
#include "topology/report_once.h"

namespace netlab {

/// Errors for the binds, private directories and files of a node that get in each other's way: a
/// path used twice, a file where another needs a directory, a directory where netlab has a file,
/// and what would have to be made in a directory of the host that is bound for writing, where it
/// would stay. What only the host shows later is the kernel wing's to refuse.
void check_places(const NodeSettings& settings, ReportOnce& once);

} // namespace netlab
