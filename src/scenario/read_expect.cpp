#include "base/address.h"
#include "base/impairment.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "scenario/step_readers.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr std::int64_t most_points = 1'000'000;
constexpr std::int64_t most_packets = 100'000;
constexpr std::size_t most_hops = 64;

Between read_between(Keys& keys, Span span, Reading& reading) {
    Between between;
    if (const auto* from = keys.need("from", span)) {
        between.from = read_nodes(from->value, "'from'", reading);
    }
    if (const auto* to = keys.need("to", span)) {
        between.to = read_nodes(to->value, "'to'", reading);
    }
    if (const auto* family = keys.take("family")) {
        const auto number = want_integer(family->value, "'family'", 4, 6, reading.input);
        if (number == 5) {
            reading.diagnostics().error(family->value.span, "'family' is 4 or 6");
        }
        between.family = static_cast<int>(number.value_or(0));
    }
    return between;
}

void check_single(const NodePatterns& patterns, const Member* member, Reading& reading) {
    if (patterns.size() == 1 && member != nullptr) {
        if (const auto* text = member->value.as_string()) {
            const auto ids = nodes_of(*text, member->value.span, reading);
            if (ids && ids->size() != 1) {
                reading.diagnostics().error(member->value.span,
                                            fmt::format("'{}' is one node here, and {} are {}",
                                                        member->key, quoted(*text), ids->size()));
            }
        }
    }
}

const Map* subject_map(const Member& member, Reading& reading) {
    return want_map(member.value, quoted(member.key), reading.input,
                    R"({ "from": "h1", "to": "h2" })");
}

Subject read_ping(const Member& member, Reading& reading) {
    PingSubject subject;
    subject.reachable = member.key == "ping";
    if (const auto* map = subject_map(member, reading)) {
        Keys keys{*map, quoted(member.key), reading};
        subject.between = read_between(keys, member.value.span, reading);
        keys.refuse_rest();
    }
    return subject;
}

Subject read_path(const Member& member, Reading& reading) {
    PathSubject subject;
    const auto* map = subject_map(member, reading);
    if (map == nullptr) {
        return subject;
    }
    Keys keys{*map, "'path'", reading};
    subject.between = read_between(keys, member.value.span, reading);
    check_single(subject.between.from, map->find("from"), reading);
    check_single(subject.between.to, map->find("to"), reading);
    const auto* hops = keys.need("hops", member.value.span, R"("hops": ["r1", "r2", "h2"])");
    for (auto& hop : hops == nullptr ? std::vector<std::string>{}
                                     : read_texts(hops->value, "'hops'", reading)) {
        if (parse_address(hop) || !read_node({hops->value.span, hop}, "a hop", reading).empty()) {
            subject.hops.push_back(std::move(hop));
        }
    }
    if (subject.hops.size() > most_hops) {
        reading.diagnostics().error(hops->value.span,
                                    fmt::format("a path has at most {} hops", most_hops));
    }
    keys.refuse_rest();
    return subject;
}

/// `20ms`, `1%` or `5mbit`, as the figure has it.
std::optional<double> read_bound(const Member* member, BoundsSubject::Figure figure,
                                 Reading& reading) {
    if (member == nullptr) {
        return std::nullopt;
    }
    using Figure = BoundsSubject::Figure;
    const auto what = quoted(member->key);
    if (figure == Figure::rtt) {
        const auto duration = read_duration(member->value, what, reading);
        return duration ? std::optional{std::chrono::duration<double>{*duration}.count()}
                        : std::nullopt;
    }
    const auto* text = member->value.as_string();
    if (text != nullptr && figure == Figure::loss) {
        if (const auto share = parse_percentage(*text)) {
            return share->fraction();
        }
    } else if (text != nullptr) {
        if (const auto rate = parse_rate(*text)) {
            return static_cast<double>(rate->bits_per_second());
        }
    }
    reading.diagnostics().error(
        member->value.span,
        fmt::format("{} cannot be {}", what,
                    printable(reading.input.written(member->value.span), 40)),
        figure == Figure::loss ? "a percentage, such as 1%" : "a rate, such as 10mbit");
    return std::nullopt;
}

Subject read_bounds(const Member& member, Reading& reading) {
    using Figure = BoundsSubject::Figure;
    BoundsSubject subject;
    subject.figure = member.key == "rtt"    ? Figure::rtt
                     : member.key == "loss" ? Figure::loss
                                            : Figure::throughput;
    const auto* map = subject_map(member, reading);
    if (map == nullptr) {
        return subject;
    }
    Keys keys{*map, quoted(member.key), reading};
    subject.between = read_between(keys, member.value.span, reading);
    check_single(subject.between.from, map->find("from"), reading);
    check_single(subject.between.to, map->find("to"), reading);
    subject.least = read_bound(keys.take("at_least"), subject.figure, reading);
    subject.most = read_bound(keys.take("at_most"), subject.figure, reading);
    if (map->find("at_least") == nullptr && map->find("at_most") == nullptr) {
        reading.diagnostics().error(member.value.span, keys.where() + " has no bound",
                                    "at_least or at_most, or both");
    }
    if (subject.figure == Figure::throughput) {
        if (const auto* time = keys.take("for")) {
            subject.time =
                read_duration(time->value, "'for'", reading, 100ms, 1h).value_or(subject.time);
        }
    } else {
        subject.count = subject.figure == Figure::loss ? 100 : 5;
        if (const auto* count = keys.take("count")) {
            const auto number =
                want_integer(count->value, "'count'", 1, most_packets, reading.input);
            subject.count = static_cast<int>(number.value_or(1));
        }
        if (const auto* every = keys.take("every")) {
            subject.every =
                read_duration(every->value, "'every'", reading, 1ms).value_or(subject.every);
        }
    }
    keys.refuse_rest();
    return subject;
}

Subject read_route(const Member& member, Reading& reading) {
    RouteSubject subject;
    const auto* map = want_map(member.value, "'route'", reading.input,
                               R"({ "node": "r1", "to": "10.0.2.0/24", "via": "r2" })");
    if (map == nullptr) {
        return subject;
    }
    Keys keys{*map, quoted(member.key), reading};
    subject.present = member.key == "route";
    if (const auto* node = keys.need("node", member.value.span)) {
        subject.nodes = read_nodes(node->value, "'node'", reading);
    }
    const auto* to = keys.need("to", member.value.span, R"("to": "10.0.2.0/24" or "default")");
    const auto* text = to == nullptr ? nullptr : want_string(to->value, "'to'", reading.input);
    if (text != nullptr && *text != "default" && !parse_interface_address(*text)) {
        reading.diagnostics().error(
            to->value.span, fmt::format("{} is neither a prefix nor default", quoted(*text)),
            "for example 10.0.2.0/24");
    } else if (text != nullptr) {
        subject.to = *text;
    }
    const auto* via = subject.present ? keys.take("via") : nullptr;
    if (via != nullptr) {
        subject.via = read_texts(via->value, "'via'", reading);
    }
    keys.refuse_rest();
    return subject;
}

Subject read_file(const Member& member, Keys& keys, Reading& reading) {
    FileSubject subject;
    subject.present = member.key == "file";
    if (const auto* node = keys.need("node", member.value.span)) {
        subject.nodes = read_nodes(node->value, "'node'", reading);
    }
    const auto* path = want_string(member.value, quoted(member.key), reading.input);
    if (path != nullptr && !path->starts_with('/')) {
        reading.diagnostics().error(member.value.span,
                                    fmt::format("{} is not an absolute path", quoted(*path)),
                                    "a node has no working directory: begin with /");
    } else if (path != nullptr) {
        subject.path = *path;
    }
    if (const auto* content = subject.present ? keys.take("content") : nullptr) {
        subject.text = read_text_wish(content->value, "'content'", reading);
    }
    return subject;
}

Subject read_service(const Member& member, Keys& keys, Reading& reading) {
    static const std::vector<std::string> states{"waiting",  "starting", "ready", "restarting",
                                                 "stopping", "stopped",  "ended", "failed"};
    ServiceSubject subject;
    const auto* name = want_string(member.value, "'service'", reading.input);
    if (const auto* node = keys.need("node", member.value.span)) {
        subject.nodes = read_nodes(node->value, "'node'", reading);
        for (const auto& pattern : subject.nodes) {
            const auto ids = nodes_of(pattern, node->value.span, reading);
            if (name != nullptr && *name != "all" && ids) {
                refuse_unknown_service(*ids, *name, member.value.span, reading);
            }
        }
    }
    subject.service = name == nullptr || *name == "all" ? "" : *name;
    const auto* state = keys.take("state");
    const auto* text =
        state == nullptr ? nullptr : want_string(state->value, "'state'", reading.input);
    subject.state = text == nullptr ? "ready" : *text;
    if (std::ranges::find(states, subject.state) == states.end()) {
        reading.diagnostics().error(state->value.span,
                                    fmt::format("unknown state {}", quoted(subject.state)),
                                    did_you_mean(subject.state, states));
    }
    return subject;
}

void read_outputs(Keys& keys, TextWish& out, TextWish& err, Reading& reading) {
    if (const auto* output = keys.take("output")) {
        out = read_text_wish(output->value, "'output'", reading);
    }
    if (const auto* errors = keys.take("errors")) {
        err = read_text_wish(errors->value, "'errors'", reading);
    }
}

Subject read_command_subject(Keys& keys, Span span, Reading& reading) {
    CommandSubject subject;
    if (const auto* node = keys.need("node", span)) {
        subject.nodes = read_nodes(node->value, "'node'", reading);
    }
    subject.command = need_command(keys, span, reading);
    if (const auto* exit = keys.take("exit")) {
        subject.exit = read_exit(exit->value, reading);
    }
    if (const auto* each = keys.take("each")) {
        subject.timeout =
            read_duration(each->value, "'each'", reading, 1ms).value_or(subject.timeout);
    }
    read_outputs(keys, subject.out, subject.err, reading);
    return subject;
}

Subject read_background_subject(const Member& member, Keys& keys, Reading& reading) {
    BackgroundSubject subject;
    subject.name = read_name(member.value, "'background'", reading);
    if (!subject.name.empty() && !reading.backgrounds.contains(subject.name)) {
        std::vector<std::string> known;
        for (const auto& [name, span] : reading.backgrounds) {
            known.push_back(name);
        }
        reading.diagnostics().error(
            member.value.span,
            fmt::format("no step before this one begins a command {} in the background",
                        quoted(subject.name)),
            did_you_mean(subject.name, known));
    }
    if (const auto* exit = keys.take("exit")) {
        subject.exit = read_exit(exit->value, reading);
    }
    read_outputs(keys, subject.out, subject.err, reading);
    return subject;
}

constexpr std::array subjects{"command", "background", "ping",       "unreachable", "path",
                              "rtt",     "loss",       "throughput", "route",       "no_route",
                              "file",    "no_file",    "service"};

/// The member that says what is expected: exactly one does.
const Member* find_subject(const Map& map, Keys& keys, Span span, Reading& reading) {
    const Member* found = nullptr;
    for (const auto* name : subjects) {
        const auto* member = map.find(name);
        if (member == nullptr) {
            continue;
        }
        keys.take(name);
        if (found != nullptr) {
            reading.diagnostics()
                .error(member->key_span,
                       fmt::format("an expectation is of '{}' or of '{}', not of both", found->key,
                                   member->key),
                       "make two steps of it")
                .notes.push_back({found->key_span, "the first is here"});
            return nullptr;
        }
        found = member;
    }
    if (found == nullptr) {
        std::string meant;
        for (const auto& member : map.members) {
            const std::vector<std::string> names{subjects.begin(), subjects.end()};
            meant = meant.empty() && member.key != "node" ? did_you_mean(member.key, names) : meant;
        }
        reading.diagnostics().error(
            span, "nothing is expected here",
            meant.empty() ? fmt::format("one of: {}", fmt::join(subjects, ", ")) : meant);
    }
    return found;
}

Subject read_subject(const Member& member, Keys& keys, Span span, Reading& reading) {
    const auto& key = member.key;
    if (key == "command") {
        return read_command_subject(keys, span, reading);
    }
    if (key == "background") {
        return read_background_subject(member, keys, reading);
    }
    if (key == "ping" || key == "unreachable") {
        return read_ping(member, reading);
    }
    if (key == "path") {
        return read_path(member, reading);
    }
    if (key == "route" || key == "no_route") {
        return read_route(member, reading);
    }
    if (key == "file" || key == "no_file") {
        return read_file(member, keys, reading);
    }
    if (key == "service") {
        return read_service(member, keys, reading);
    }
    return read_bounds(member, reading);
}

} // namespace

void read_expect(const Value& value, Step& step, Reading& reading) {
    ExpectAction action;
    const auto* map = want_map(value, "'expect'", reading.input,
                               R"({ "node": "n1", "command": "hostname", "exit": 0 })");
    if (map == nullptr) {
        step.action = std::move(action);
        return;
    }
    Keys keys{*map, "'expect'", reading};
    const auto* subject = find_subject(*map, keys, value.span, reading);
    if (subject == nullptr) {
        step.action = std::move(action);
        return;
    }
    action.subject = read_subject(*subject, keys, value.span, reading);
    if (const auto* within = keys.take("within")) {
        action.within = read_duration(within->value, "'within'", reading).value_or(0ms);
    }
    if (const auto* throughout = keys.take("throughout")) {
        action.throughout = read_duration(throughout->value, "'throughout'", reading).value_or(0ms);
    }
    if (const auto* every = keys.take("every")) {
        action.every = read_duration(every->value, "'every'", reading, 1ms);
    }
    if (const auto* points = keys.take("points")) {
        const auto number = want_integer(points->value, "'points'", 0, most_points, reading.input);
        action.points = static_cast<int>(number.value_or(0));
    }
    keys.refuse_rest();
    step.action = std::move(action);
}

} // namespace netlab
