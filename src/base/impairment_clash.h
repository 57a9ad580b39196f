#pragma once

#include "base/impairment.h"

#include <optional>
#include <string_view>

namespace netlab {

/// What check_together finds, with a hint for a file: without the option of `netlab link set` that
/// mends it.
std::optional<Refusal> find_clash(const Impairment& all);

/// The value of `key` (one of impairment_keys()) that is as if nobody had set it: `0ms`, `none`.
std::string_view neutral_text(std::string_view key);

} // namespace netlab
