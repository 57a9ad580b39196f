#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <libmnl/libmnl.h>

namespace netlab {

/// The first attribute of `type` between `begin` and `end` of a message, or nullptr.
const nlattr* find_attribute(const void* begin, const void* end, std::uint16_t type);

/// The first attribute of `type` behind a message's fixed header of `header_bytes`, or nullptr.
const nlattr* find_attribute(const nlmsghdr& message, std::size_t header_bytes, std::uint16_t type);

/// The first attribute of `type` inside `nest`, or nullptr; also if there is no `nest`.
const nlattr* find_attribute(const nlattr* nest, std::uint16_t type);

/// The text of an attribute without its NUL; empty if there is no attribute.
std::string_view text_of(const nlattr* attribute);

/// The number in an attribute of one byte, or `otherwise`.
std::uint8_t byte_of(const nlattr* attribute, std::uint8_t otherwise);

/// The number in an attribute of four bytes, or `otherwise`.
std::uint32_t word_of(const nlattr* attribute, std::uint32_t otherwise);

} // namespace netlab
