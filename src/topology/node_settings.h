#pragma once

#include "base/limits.h"
#include "topology/fields.h"
#include "topology/topology.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// A route whose `via` may still be the name of a node that comes later in the file.
struct RouteDraft {
    RouteRequest request;
    Said<std::string> via_node;
    Span interface_span;
    bool has_mistake = false; ///< it is here for its other mistakes to be found, not to be used
};

/// A name in `depends_on`; it may be that of a node that comes later in the file.
using DependencyDraft = Said<std::string>;

struct Variable {
    std::string name;
    std::string value;
};

/// What a layer says with `"none"`: that a limit of the layers below does not hold.
inline constexpr unsigned no_limit = 0;

/// What one layer says of limits; see Limits for the units.
struct LimitSettings {
    std::optional<std::uint32_t> cpu;
    std::optional<std::uint64_t> memory;
    std::optional<std::uint32_t> pids;
    Span span; ///< of `limits`, or empty
};

/// What one layer says of clocks; see NodeClock.
struct ClockSettings {
    std::optional<Duration> offset;
    std::optional<std::int64_t> drift;
    std::optional<Duration> monotonic;
    std::optional<Duration> boot;
    Span span; ///< of `clock`, or empty
};

/// What one layer (a node, its group, `defaults.node`) says of nodes; nothing where it is silent.
struct NodeSettings {
    std::optional<Said<NodeKind>> kind;
    std::optional<Said<std::string>> group; ///< of a node only
    std::optional<std::vector<std::string>> labels;
    std::optional<Point> position;
    std::optional<std::vector<LoopbackAddress>> loopback;
    std::optional<std::vector<RouteDraft>> routes;
    std::optional<std::string> user;
    std::optional<std::string> workdir;
    std::optional<std::vector<Bind>> binds;
    std::optional<std::vector<PrivateDirectory>> private_directories;
    std::optional<std::vector<Command>> exec;
    std::optional<std::vector<Service>> run;
    std::optional<std::vector<DependencyDraft>> depends_on;
    std::optional<std::vector<PublishedPort>> publish;
    std::optional<Said<Daemons>> daemons;
    std::optional<Said<std::uint32_t>> asn;
    std::optional<RootRequest> root;
    LimitSettings limits;
    ClockSettings clock;
    std::optional<Said<StpMode>> stp;
    std::optional<Said<Duration>> ageing;
    std::vector<Variable> env;
    std::vector<Sysctl> sysctls;
    std::vector<FileRequest> files;
    std::size_t bytes =
        0; ///< roughly what a copy takes, so that ranges cannot multiply it without limit
};

enum class Layer { node, group, defaults };

/// Reads one layer. `value` may be null (YAML's `h1:`). `where` completes "unknown key 'x' in …".
NodeSettings read_node_settings(const Value& value, const std::string& where, Layer layer,
                                Input& input);

/// `over` laid on `under`: maps are merged by key, everything else is replaced.
NodeSettings merged(const NodeSettings& over, const NodeSettings& under);

} // namespace netlab
