#pragma once

#include "scenario/scenario.h"
#include "topology/fields.h"
#include "topology/topology.h"

#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// What the names in a scenario may mean.
class LabNames {
public:
    explicit LabNames(const Topology& from);

    const Topology& topology;
    std::map<std::string, NodeId, std::less<>> nodes;
    std::map<std::string, std::vector<NodeId>, std::less<>> labels;
    std::map<std::string, LinkId, std::less<>> links;
    std::set<std::string, std::less<>> ends; ///< `r1:eth0`

    std::vector<std::string> node_names() const;
};

/// What every reader of this room reads from and reports to.
struct Reading {
    Input& input;
    const LabNames& names;
    std::map<std::string, Span> faults{};      ///< `as`, and where it was said
    std::map<std::string, Span> backgrounds{}; ///< names of commands, and where
    int depth = 0;                             ///< of `repeat`

    Diagnostics& diagnostics() const { return input.diagnostics; }
};

/// An object of the file, read key by key; as Fields, with what this format knows of wrong keys.
class Keys {
public:
    Keys(const Map& map, std::string where, Reading& reading)
        : map_{map}, where_{std::move(where)}, reading_{reading} {}

    /// The member of that key, or nullptr; from now on the key is known.
    const Member* take(std::string_view key);
    /// The same, and an error if there is none.
    const Member* need(std::string_view key, Span span, std::string_view hint = {});
    /// An error for each member that was not taken, with what was probably meant.
    void refuse_rest() const;
    const std::string& where() const { return where_; }

private:
    const Map& map_;
    std::string where_;
    Reading& reading_;
    std::vector<std::string> known_;
};

/// A duration from `least` to `most`, or an error that names `what`.
std::optional<Duration> read_duration(const Value& value, std::string_view what, Reading& reading,
                                      Duration least = {}, Duration most = std::chrono::hours{24});

/// The same, or a range of durations (`1s..3s`), as it is written.
std::optional<std::string> read_time_or_range(const Value& value, std::string_view what,
                                              Reading& reading, Duration least = {});

/// A pattern or a list of patterns, each of which names nodes. Empty after a mistake.
NodePatterns read_nodes(const Value& value, std::string_view what, Reading& reading);
/// The name of one node, or an empty string after a mistake.
std::string read_node(const Value& value, std::string_view what, Reading& reading);
/// The nodes that a pattern names; an error at `span` if none. nullopt after a mistake.
std::optional<std::vector<NodeId>> nodes_of(const std::string& pattern, Span span,
                                            Reading& reading);
/// An error at `span` and nullopt, unless `pattern` names links, or where `ends` ends of links.
bool names_links(const std::string& pattern, bool ends, Span span, Reading& reading);

/// Patterns of links (where `ends`, of ends of links), as text. Empty after a mistake.
std::string read_links(const Value& value, std::string_view what, bool ends, Reading& reading);

/// A string, or a list of strings.
std::vector<std::string> read_texts(const Value& value, std::string_view what, Reading& reading);

/// A name for a fault or a command: `[a-z0-9_.-]`, at most 63 bytes. Empty after a mistake.
std::string read_name(const Value& value, std::string_view what, Reading& reading);

} // namespace netlab
