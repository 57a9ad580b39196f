#pragma once

#include "sys/unique_fd.h"

#include <string>
#include <string_view>

namespace netlab {

/// The whole content of a file; also of those in /proc that have no size. Throws std::system_error.
std::string read_file(const std::string& path);

/// The content, or `otherwise` if the file cannot be read.
std::string read_file_or(const std::string& path, std::string otherwise);

/// The content of a file that may be anybody's, in a node say; empty if there is none. What is not
/// a regular file counts as none, and no more than 1 MiB is read.
std::string small_file(const char* path);

/// Writes `text` to an existing file in one write(2), as the files of /proc want it. Throws
/// std::system_error.
void write_file(const std::string& path, std::string_view text);

/// Writes `text` to `directory`/`name` by way of a temporary file, fsync and rename(2): a reader
/// sees the old content or the new one, never half. Throws std::system_error.
void replace_file(const UniqueFd& directory, const std::string& name, std::string_view text);

} // namespace netlab
