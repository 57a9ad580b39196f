#include "base/nearest_word.h"
#include "base/quote.h"
#include "scenario/step_readers.h"
#include "scenario/step_title.h"
#include "scenario/value_text.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

using Reader = void (*)(const Value&, Step&, Reading&);

template <NodeWord word>
void read_word(const Value& value, Step& step, Reading& reading) {
    read_node_word(word, value, step, reading);
}

struct Verb {
    const char* name;
    Reader read;
};
constexpr std::array<Verb, 19> verbs{{{"wait", read_wait},
                                      {"exec", read_exec},
                                      {"background", read_background},
                                      {"end", read_end},
                                      {"partition", read_partition},
                                      {"heal", read_heal},
                                      {"link", read_link},
                                      {"pause", read_word<NodeWord::pause>},
                                      {"resume", read_word<NodeWord::resume>},
                                      {"kill", read_word<NodeWord::kill>},
                                      {"start", read_word<NodeWord::start>},
                                      {"stop", read_word<NodeWord::stop>},
                                      {"restart", read_word<NodeWord::restart>},
                                      {"clock", read_clock_step},
                                      {"expect", read_expect},
                                      {"repeat", read_repeat},
                                      {"flap", read_flap},
                                      {"churn", read_churn},
                                      {"ramp", read_ramp}}};

/// Beside the verb.
constexpr std::array beside{"at", "not_before", "name"};

std::vector<std::string> verb_names() {
    std::vector<std::string> names;
    for (const auto& verb : verbs) {
        names.emplace_back(verb.name);
    }
    return names;
}

bool is_beside(const std::string& key) {
    return std::ranges::find(beside, key) != beside.end();
}

void refuse_key(const Member& member, Reading& reading) {
    auto known = verb_names();
    known.insert(known.end(), beside.begin(), beside.end());
    auto hint = did_you_mean(member.key, known);
    if (hint.empty() && (member.key == "sleep" || member.key == "run" || member.key == "assert")) {
        hint = fmt::format("the word for that is '{}'", member.key == "sleep" ? "wait"
                                                        : member.key == "run" ? "exec"
                                                                              : "expect");
    }
    if (hint.empty() && (member.key == "for" || member.key == "as" || member.key == "points")) {
        hint = fmt::format("'{}' stands in the step, not beside it: {{ \"partition\": {{ … }} }}",
                           member.key);
    }
    reading.diagnostics().error(member.key_span, fmt::format("unknown step {}", quoted(member.key)),
                                hint.empty() ? "a step is one of: " +
                                                   fmt::format("{}", fmt::join(verb_names(), ", "))
                                             : std::move(hint));
}

/// The one member that says what the step does.
const Member* find_verb(const Map& map, const Value& value, Reading& reading) {
    const Member* found = nullptr;
    bool complained = false;
    for (const auto& member : map.members) {
        if (is_beside(member.key)) {
            continue;
        }
        const auto names = verb_names();
        if (std::ranges::find(names, member.key) == names.end()) {
            refuse_key(member, reading);
            complained = true;
        } else if (found != nullptr) {
            reading.diagnostics()
                .error(
                    member.key_span,
                    fmt::format("a step does one thing, not '{}' and '{}'", found->key, member.key),
                    "make two steps of it")
                .notes.push_back({found->key_span, "the first is here"});
        } else {
            found = &member;
        }
    }
    if (found == nullptr && !complained) {
        reading.diagnostics().error(value.span, "this step does nothing",
                                    R"(for example { "wait": "5s" })");
    }
    return found;
}

/// `+5s`: after the step before; `5s`: after the beginning.
void read_at(const Member& member, Step& step, Reading& reading) {
    const auto* text = member.value.as_string();
    const bool relative = text != nullptr && text->starts_with('+');
    const Value plain{member.value.span,
                      relative ? decltype(Value::content){text->substr(1)} : member.value.content};
    if (const auto time = read_duration(plain, "'at'", reading)) {
        step.begin = {relative ? StepTime::Kind::after_step : StepTime::Kind::from_begin, *time};
    }
}

void read_beside(const Map& map, Step& step, Reading& reading) {
    const auto* at = map.find("at");
    const auto* not_before = map.find("not_before");
    if (at != nullptr) {
        read_at(*at, step, reading);
    }
    if (at != nullptr && not_before != nullptr) {
        reading.diagnostics().error(not_before->key_span, "a step has 'at' or 'not_before'",
                                    "'at' begins it whatever the steps before it do");
    } else if (not_before != nullptr) {
        if (const auto time = read_duration(not_before->value, "'not_before'", reading)) {
            step.begin = {StepTime::Kind::not_before, *time};
        }
    }
    if (const auto* name = map.find("name")) {
        if (const auto* text = want_string(name->value, "'name'", reading.input)) {
            step.title = *text;
        }
    }
}

} // namespace

std::optional<Step> read_step(const Value& value, Reading& reading) {
    const auto* map = want_map(value, "a step", reading.input, R"({ "wait": "5s" })");
    const auto* member = map == nullptr ? nullptr : find_verb(*map, value, reading);
    if (map != nullptr && member == nullptr) {
        Step unused;
        read_beside(*map, unused, reading);
    }
    if (member == nullptr) {
        return std::nullopt;
    }
    Step step;
    step.verb = member->key;
    step.span = value.span;
    step.written = to_json(value);
    read_beside(*map, step, reading);
    const auto* verb =
        std::ranges::find_if(verbs, [&](const Verb& one) { return member->key == one.name; });
    verb->read(member->value, step, reading);
    if (step.title.empty()) {
        step.title = title_of(step);
    }
    return step;
}

} // namespace netlab
