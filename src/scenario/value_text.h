#pragma once

#include "document/document.h"

#include <string>
#include <string_view>

namespace netlab {

/// `"text"` as JSON has it; bytes that are not UTF-8 stay as they are.
std::string json_string(std::string_view text);

/// The value as JSON on one line.
std::string to_json(const Value& value);

} // namespace netlab
