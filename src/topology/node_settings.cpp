#include "topology/node_settings.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/daemons.h"
#include "topology/dependencies.h"
#include "topology/known_keys.h"
#include "topology/names.h"
#include "topology/node_paths.h"
#include "topology/node_values.h"
#include "topology/published_ports.h"
#include "topology/services.h"

#include <unordered_set>

#include <fmt/format.h>

namespace netlab {

namespace {

std::optional<NodeKind> read_kind(const Value& value, Input& input) {
    const auto* text = want_string(value, "'kind'", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    for (const auto kind :
         {NodeKind::host, NodeKind::router, NodeKind::network_switch, NodeKind::internet}) {
        if (*text == to_string(kind)) {
            return kind;
        }
    }
    auto hint = did_you_mean(*text, {"host", "router", "switch", "internet"});
    input.diagnostics.error(value.span, fmt::format("unknown kind {}", quoted(*text)),
                            hint.empty() ? "a node is a host, a router, a switch or \"internet\""
                                         : std::move(hint));
    return std::nullopt;
}

std::optional<StpMode> read_stp(const Value& value, Input& input) {
    if (const auto* boolean = value.as_bool()) {
        return *boolean ? StpMode::on : StpMode::off;
    }
    const auto* text = value.as_string();
    if (text != nullptr && *text == "auto") {
        return StpMode::automatic;
    }
    const auto hint = boolean_hint(value);
    refuse_type(value, "'stp'", "\"auto\", true or false", input, hint);
    return std::nullopt;
}

std::optional<Duration> read_ageing(const Value& value, Input& input) {
    using namespace std::chrono_literals;
    const auto* text = value.as_string();
    if (text == nullptr) {
        const auto* number = value.as_number();
        refuse_type(value, "'ageing'", "a duration", input,
                    number == nullptr ? "a duration looks like \"300s\""
                                      : fmt::format("write its unit: \"{}s\"",
                                                    printable(input.written(value.span), 20)));
        return std::nullopt;
    }
    const auto duration = parse_duration(*text);
    if (!duration) {
        input.diagnostics.error(value.span, fmt::format("{} is not a duration", quoted(*text)),
                                "a duration looks like \"300s\", \"1.5m\" or \"500ms\"");
        return std::nullopt;
    }
    // The kernel counts it in hundredths of a second, in 32 bits on some machines.
    if (*duration % 10ms != 0ns || *duration > 1'000'000s) {
        input.diagnostics.error(value.span, fmt::format("'ageing' cannot be {}", quoted(*text)),
                                "it is counted in steps of 10ms, up to 1000000s");
        return std::nullopt;
    }
    return duration;
}

template <typename T, typename Reader>
void read_said(Fields& fields, std::string_view key, std::optional<Said<T>>& out, Input& input,
               Reader read) {
    if (const auto* member = fields.take(key)) {
        if (auto value = input.shaping([&] { return read(member->value, input); })) {
            out = Said<T>{*value, member->value.span};
        }
    }
}

template <typename T, typename Reader>
void read_optional(Fields& fields, std::string_view key, std::optional<T>& out, Input& input,
                   Reader read) {
    if (const auto* member = fields.take(key)) {
        out = read(member->value, input);
    }
}

template <typename T, typename Reader>
void read_map(Fields& fields, std::string_view key, T& out, Input& input, Reader read) {
    if (const auto* member = fields.take(key)) {
        out = read(member->value, input);
    }
}

std::optional<std::string> read_group_name(const Value& value, Input& input) {
    const auto* text = want_string(value, "'group'", input);
    return text == nullptr ? std::nullopt : std::optional{*text};
}

std::string hint_for_node(const Value& value) {
    const auto* text = value.as_string();
    const bool is_kind =
        text != nullptr && (*text == "host" || *text == "router" || *text == "switch");
    return is_kind ? fmt::format(R"({{ "kind": "{}" }})", *text)
                   : "write {} if there is nothing to say";
}

/// What `over` says, or what `under` does where `over` is silent.
template <typename T>
void lay(std::optional<T>& over, const std::optional<T>& under) {
    if (!over) {
        over = under;
    }
}

/// Adds the entries of `under` whose key `over` does not have. In front: the file's order of
/// reading.
template <typename T, typename Key>
void lay_map(std::vector<T>& over, const std::vector<T>& under, Key key) {
    if (over.empty()) {
        over = under;
        return;
    }
    std::unordered_set<std::string> replaced;
    for (const auto& entry : over) {
        replaced.insert(key(entry));
    }
    std::vector<T> result;
    for (const auto& entry : under) {
        if (!replaced.contains(key(entry))) {
            result.push_back(entry);
        }
    }
    result.insert(result.end(), over.begin(), over.end());
    over = std::move(result);
}

void lay_clock(ClockSettings& over, const ClockSettings& under) {
    lay(over.offset, under.offset);
    lay(over.drift, under.drift);
    lay(over.monotonic, under.monotonic);
    lay(over.boot, under.boot);
    if (over.span.empty()) {
        over.span = under.span;
    }
}

} // namespace

NodeSettings read_node_settings(const Value& value, const std::string& where, Layer layer,
                                Input& input) {
    static const Map nothing;
    NodeSettings out;
    const auto* map = value.is_null() ? &nothing : input.shaping([&] {
        return want_map(value, where, input, hint_for_node(value));
    });
    if (map == nullptr) {
        return out;
    }
    Fields fields{*map, where, input};
    read_said(fields, "kind", out.kind, input, read_kind);
    if (layer == Layer::node) {
        read_said(fields, "group", out.group, input, read_group_name);
    }
    read_optional(fields, "labels", out.labels, input, read_labels);
    read_optional(fields, "position", out.position, input, read_position);
    read_optional(fields, "loopback", out.loopback, input, read_loopback);
    read_optional(fields, "routes", out.routes, input, read_routes);
    read_optional(fields, "user", out.user, input, read_user);
    read_optional(fields, "workdir", out.workdir, input, read_workdir);
    read_optional(fields, "binds", out.binds, input, read_binds);
    read_optional(fields, "private", out.private_directories, input, read_private);
    read_optional(fields, "exec", out.exec, input, read_exec);
    read_optional(fields, "run", out.run, input, read_run);
    read_optional(fields, "depends_on", out.depends_on, input, read_depends_on);
    read_optional(fields, "publish", out.publish, input, read_publish);
    read_optional(fields, "root", out.root, input, read_root);
    read_said(fields, "daemons", out.daemons, input, read_daemons);
    read_said(fields, "asn", out.asn, input, read_asn);
    read_said(fields, "stp", out.stp, input, read_stp);
    read_said(fields, "ageing", out.ageing, input, read_ageing);
    read_map(fields, "env", out.env, input, read_env);
    read_map(fields, "sysctls", out.sysctls, input, read_sysctls);
    read_map(fields, "files", out.files, input, read_files);
    read_map(fields, "limits", out.limits, input, read_limits);
    read_map(fields, "clock", out.clock, input, read_clock);
    fields.refuse_rest();
    out.bytes = memory_of(value);
    for (const auto& file : out.files) {
        out.bytes += file.text.size();
    }
    return out;
}

NodeSettings merged(const NodeSettings& over, const NodeSettings& under) {
    NodeSettings out = over;
    lay(out.kind, under.kind);
    lay(out.group, under.group);
    lay(out.labels, under.labels);
    lay(out.position, under.position);
    lay(out.loopback, under.loopback);
    lay(out.routes, under.routes);
    lay(out.user, under.user);
    lay(out.workdir, under.workdir);
    lay(out.binds, under.binds);
    lay(out.private_directories, under.private_directories);
    lay(out.exec, under.exec);
    lay(out.run, under.run);
    lay(out.depends_on, under.depends_on);
    lay(out.publish, under.publish);
    lay(out.daemons, under.daemons);
    lay(out.asn, under.asn);
    lay(out.root, under.root);
    lay(out.limits.cpu, under.limits.cpu);
    lay(out.limits.memory, under.limits.memory);
    lay(out.limits.pids, under.limits.pids);
    if (out.limits.span.empty()) {
        out.limits.span = under.limits.span;
    }
    lay_clock(out.clock, under.clock);
    lay(out.stp, under.stp);
    lay(out.ageing, under.ageing);
    lay_map(out.env, under.env, [](const Variable& v) -> const std::string& { return v.name; });
    lay_map(out.sysctls, under.sysctls, [](const Sysctl& s) { return sysctl_path(s.name); });
    lay_map(out.files, under.files,
            [](const FileRequest& f) -> const std::string& { return f.path; });
    out.bytes += under.bytes;
    return out;
}

} // namespace netlab
