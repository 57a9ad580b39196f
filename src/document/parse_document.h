#pragma once

#include "base/diagnostic.h"
#include "document/document.h"

#include <cstddef>

namespace netlab {

enum class Syntax { json, yaml };

/// Objects and lists inside each other; deeper is an error.
constexpr std::size_t deepest_nesting = 64;

/// YAML for a name that ends in `.yaml` or `.yml`, else JSON.
Syntax syntax_of(std::string_view file_name);

/// Parses `source` into one tree. JSON is RFC 8259; YAML is 1.2 with its core schema, one document.
/// The first mistake of syntax and every duplicate key go to `diagnostics`. Spans of strings
/// include their quotes.
Document parse_document(const Source& source, Syntax syntax, Diagnostics& diagnostics);

} // namespace netlab
