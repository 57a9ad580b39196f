#pragma once

#include "topology/fields.h"

#include <optional>
#include <string>
#include <string_view>

namespace netlab {

/// A path inside a node made absolute and normal: no `.`, no doubled or trailing `/`. An error and
/// nothing where it is relative, holds `..` or a control character, or is too long.
std::optional<std::string> node_path(std::string_view text, Span span, std::string_view what,
                                     Input& input);

/// As `node_path`, for what is mounted or written: also refuses `/`, what the kernel provides
/// (`/proc`, `/sys`, `/dev`), and where netlab keeps what a node writes (`/.netlab`).
std::optional<std::string> node_target(std::string_view text, Span span, std::string_view what,
                                       Input& input);

/// A path of the host's, relative ones taken from the topology file's directory. `~` is not
/// expanded: an error.
std::optional<std::filesystem::path> host_path(std::string_view text, Span span, Input& input);

/// The content of a regular file of the host's, at most 16 MiB; `larger` is the hint for what is
/// larger.
std::optional<std::string> read_host_file(std::string_view text, Span span, Input& input,
                                          std::string_view larger = {});

} // namespace netlab
