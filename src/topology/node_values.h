#pragma once

#include "topology/node_settings.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

// The values of a node's keys. Each reader reports what it cannot use and leaves it out.

std::vector<std::string> read_labels(const Value& value, Input& input);
std::optional<Point> read_position(const Value& value, Input& input);
std::vector<LoopbackAddress> read_loopback(const Value& value, Input& input);
std::vector<RouteDraft> read_routes(const Value& value, Input& input);
std::optional<std::string> read_user(const Value& value, Input& input);
std::optional<std::string> read_workdir(const Value& value, Input& input);
std::vector<Bind> read_binds(const Value& value, Input& input);
std::vector<PrivateDirectory> read_private(const Value& value, Input& input);
/// A string (for `sh -c`) or a list of words.
std::optional<Command> read_command(const Value& value, Input& input);
std::vector<Command> read_exec(const Value& value, Input& input);
std::vector<Variable> read_env(const Value& value, Input& input);
std::vector<Sysctl> read_sysctls(const Value& value, Input& input);
std::vector<FileRequest> read_files(const Value& value, Input& input);
std::optional<RootRequest> read_root(const Value& value, Input& input);
LimitSettings read_limits(const Value& value, Input& input);

ClockSettings read_clock(const Value& value, Input& input);

/// The clock once all layers are merged.
NodeClock clock_of(const ClockSettings& settings);
/// The limits that hold once all layers are merged.
Limits limits_of(const LimitSettings& settings);

/// A sysctl's name as a path under /proc/sys: as sysctl(8) reads it, dots separate unless a slash
/// comes first.
std::string sysctl_path(std::string_view name);

} // namespace netlab
