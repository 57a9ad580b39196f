#pragma once

#include "document/document.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace netlab {

using Content = decltype(Value::content);
using Members = std::vector<std::pair<std::string, Value>>;

/// A value that stands, in words of other steps, for what the file says at `span`.
Value made(Span span, Content content);
/// An object of such values.
Value made_map(Span span, Members members);
/// `{ verb: { members } }`
Value made_step(Span span, std::string_view verb, Members members);
/// The step `time` (a duration or a range) after the one before it, whatever that does.
Value delayed(Value step, const std::string& time);

} // namespace netlab
