#pragma once

#include "base/source.h"

#include <cstddef>
#include <string>

namespace netlab {

/// A line of a source made ready for a terminal, with what goes under it to mark a span.
struct ShownLine {
    std::string text;
    std::size_t caret_column = 0; ///< terminal columns before the caret
    std::string caret;            ///< `^~~~`, at least one character
};

/// The line on which `span` begins. TABs become blanks, control characters are escaped, and a long
/// line is cut to about 100 columns round the span.
ShownLine show_line(const Source& source, Span span);

} // namespace netlab
