#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/link_impairments.h"

#include <algorithm>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::string_view bursts_form = R"(loss in bursts is { "p": "1%", "r": "20%" })";

/// `p` or `r` of the Gilbert-Elliott model.
std::optional<std::string> read_probability(const Member& member, Input& input) {
    const auto what = fmt::format("'{}' of 'loss'", member.key);
    const auto* said = member.value.as_string();
    if (said != nullptr && parse_percentage(*said)) {
        return *said;
    }
    const auto text = said != nullptr ? *said : std::string{input.written(member.value.span)};
    const auto better = with_unit("loss", text);
    auto hint =
        better.empty() ? std::string{bursts_form} : fmt::format("write its unit: \"{}\"", better);
    if (said == nullptr) {
        refuse_type(member.value, what, "a percentage", input, std::move(hint));
    } else {
        input.diagnostics.error(member.value.span,
                                fmt::format("{} must be a percentage, not {}", what, quoted(*said)),
                                std::move(hint));
    }
    return std::nullopt;
}

/// The Gilbert-Elliott model as set_property spells it.
std::optional<std::string> read_bursts(const Value& value, Input& input) {
    Fields fields{*value.as_map(), "'loss'", input};
    const auto* p = fields.take("p");
    const auto* r = fields.take("r");
    fields.refuse_rest();
    if (p == nullptr || r == nullptr) {
        input.diagnostics.error(value.span,
                                fmt::format("'loss' needs '{}'", p == nullptr ? "p" : "r"),
                                std::string{bursts_form});
        return std::nullopt;
    }
    const auto p_text = read_probability(*p, input);
    const auto r_text = read_probability(*r, input);
    return p_text && r_text ? std::optional{fmt::format("p={},r={}", *p_text, *r_text)}
                            : std::nullopt;
}

/// The text of a property, whether or not it is right. A bare number is one too: whole numbers are
/// values of `queue` and `seed`, and of the others set_property knows what is missing.
std::optional<std::string> text_of(const Member& member, Input& input) {
    const auto& value = member.value;
    if (const auto* text = value.as_string()) {
        return *text;
    }
    if (value.as_number() != nullptr) {
        return std::string{input.written(value.span)};
    }
    if (member.key == "loss" && value.as_map() != nullptr) {
        return read_bursts(value, input);
    }
    Impairment scratch;
    const auto wrong = set_property(scratch, member.key, "");
    const bool is_whole = member.key == "queue" || member.key == "seed";
    refuse_type(value, fmt::format("'{}'", member.key), is_whole ? "a whole number" : "a string",
                input, wrong ? wrong->hint : "");
    return std::nullopt;
}

bool is_good(const Member& member, const std::string& text, Input& input) {
    Impairment scratch;
    const auto wrong = set_property(scratch, member.key, text);
    if (!wrong) {
        return true;
    }
    const auto better = with_unit(member.key, text);
    input.diagnostics.error(member.value.span, fmt::format("'{}' {}", wrong->key, wrong->message),
                            better.empty() ? wrong->hint
                                           : fmt::format("write its unit: \"{}\"", better));
    return false;
}

/// Appends the property unless it is not understood.
void read_property(const Member& member, ImpairmentLayer& layer, Input& input) {
    auto text = text_of(member, input);
    if (!text || !is_good(member, *text, input)) {
        layer.unclear = true;
        return;
    }
    layer.properties.push_back({member.key, std::move(*text), {}, member.value.span, false, {}});
}

void read_trace(const Member& member, ImpairmentLayer& layer, TraceFiles& traces, Input& input) {
    const auto* path = want_string(member.value, "'trace'", input);
    auto trace =
        path == nullptr || *path == "none" ? SharedTrace{} : traces.read(*path, member.value.span);
    if (path == nullptr || (*path != "none" && !trace)) {
        layer.unclear = true;
        return;
    }
    layer.properties.push_back({member.key, *path, std::move(trace), member.value.span, false, {}});
}

} // namespace

SaidProperty* ImpairmentLayer::find(std::string_view key) {
    const auto found = std::ranges::find(properties, key, &SaidProperty::key);
    return found == properties.end() ? nullptr : &*found;
}

ImpairmentLayer read_impairments(Fields& fields, TraceFiles& traces, Input& input) {
    ImpairmentLayer layer;
    for (const auto& key : impairment_keys()) {
        if (const auto* member = fields.take(key)) {
            read_property(*member, layer, input);
        }
    }
    if (const auto* member = fields.take("trace")) {
        read_trace(*member, layer, traces, input);
    }
    layer.unclear = layer.unclear || fields.has_near("trace") ||
                    std::ranges::any_of(impairment_keys(), [&](const std::string& key) {
                        return fields.has_near(key);
                    });
    return layer;
}

std::optional<Said<Engine>> read_engine(const Value& value, Input& input) {
    const auto* text = want_string(value, "'engine'", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    if (const auto engine = parse_engine(*text)) {
        return Said<Engine>{*engine, value.span};
    }
    const auto meant = did_you_mean(*text, {"auto", "kernel", "user"});
    input.diagnostics.error(value.span, fmt::format("unknown engine {}", quoted(*text)),
                            meant.empty() ? "the engines are auto, kernel and user" : meant);
    return std::nullopt;
}

} // namespace netlab
