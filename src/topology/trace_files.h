#pragma once

#include "base/impairment.h"
#include "topology/fields.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace netlab {

/// The numbers of a link file of mahimahi's, one a line; `why` is set where it is not one.
struct ParsedTrace {
    Trace trace;
    std::string why; ///< completes "the trace 'x' …", or is empty
};
ParsedTrace parse_trace(std::string name, std::string_view text);

/// The trace files that links name. Each is read once, however many links use it.
class TraceFiles {
public:
    explicit TraceFiles(Input& input) : input_{input} {}

    /// The trace in the file of that path, taken from the topology file's directory. Empty if it
    /// cannot be used; the first to ask for it gets the error.
    SharedTrace read(const std::string& path, Span span);

private:
    SharedTrace read_new(const std::string& path, Span span);

    Input& input_;
    std::map<std::string, SharedTrace> read_; ///< by the path as the file says it
    std::size_t bytes_ = 0;                   ///< of all files
};

} // namespace netlab
