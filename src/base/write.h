#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace netlab {

/// Takes a text in pieces, one behind the other: who writes a long text need not hold it.
using Write = std::function<void(std::string_view piece)>;

/// Bytes from which a piece is worth a system call.
constexpr std::size_t piece_size = 64U << 10U;

} // namespace netlab
