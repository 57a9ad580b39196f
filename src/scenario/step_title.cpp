#include "scenario/step_title.h"

#include "base/node_clock.h"
#include "base/quote.h"

#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr std::size_t longest = 120;

std::string of(const WaitAction& action) {
    return action.time ? "wait " + to_string(*action.time)
                       : fmt::format("wait until {} ready", joined(action.ready));
}

std::string of(const ExecAction& action) {
    return fmt::format("{}: {}", joined(action.nodes), words_of(action.command));
}

std::string of(const BackgroundAction& action) {
    return fmt::format("{}: {} & ({})", action.node, words_of(action.command), action.name);
}

std::string of(const EndAction& action) {
    return "end " + action.name;
}

std::string of(const PartitionAction& action) {
    if (!action.shape.empty()) {
        return fmt::format("partition {}{}", action.shape,
                           action.among.empty() ? "" : " among " + joined(action.among));
    }
    if (!action.cut.empty()) {
        return "cut " + joined(action.cut, " from ");
    }
    std::vector<std::string> sides;
    for (const auto& side : action.sides) {
        sides.push_back(joined(side));
    }
    return "partition " + joined(sides, action.one_way ? " -> " : " | ");
}

std::string of(const HealAction& action) {
    return "heal " + (action.name.empty() ? "all" : action.name);
}

std::string of(const LinkAction& action) {
    constexpr std::array words{"set", "reset", "clear", "down", "up"};
    auto text = fmt::format("link {} {}", words.at(static_cast<std::size_t>(action.word)),
                            joined(action.targets));
    for (const auto& [key, value] : action.properties) {
        text += fmt::format(" {} {}", key, value);
    }
    return text;
}

std::string of(const NodeAction& action) {
    constexpr std::array words{"pause", "resume", "kill", "start", "stop", "restart"};
    return fmt::format("{} {}", words.at(static_cast<std::size_t>(action.word)),
                       joined(action.targets));
}

std::string of(const ClockAction& action) {
    return fmt::format("clock {}{}{}{}", joined(action.nodes), action.reset ? " reset" : "",
                       action.jump ? " " + spell_signed(*action.jump) : "",
                       action.drift ? " drift " + spell_drift(*action.drift) : "");
}

std::string between(const Between& ends) {
    return fmt::format("{} to {}", joined(ends.from), joined(ends.to));
}

std::string of(const CommandSubject& subject) {
    return fmt::format("{}: {}", joined(subject.nodes), words_of(subject.command));
}
std::string of(const BackgroundSubject& subject) {
    return subject.exit ? subject.name + " has ended" : subject.name + " runs";
}
std::string of(const PingSubject& subject) {
    return fmt::format("{} {}", between(subject.between),
                       subject.reachable ? "reachable" : "unreachable");
}
std::string of(const PathSubject& subject) {
    return fmt::format("path {}: {}", between(subject.between), joined(subject.hops));
}
std::string of(const BoundsSubject& subject) {
    constexpr std::array figures{"rtt", "loss", "throughput"};
    return fmt::format("{} {}", figures.at(static_cast<std::size_t>(subject.figure)),
                       between(subject.between));
}
std::string of(const RouteSubject& subject) {
    return fmt::format("{} has {}route to {}", joined(subject.nodes),
                       subject.present ? "a " : "no ", subject.to);
}
std::string of(const FileSubject& subject) {
    return fmt::format("{} {}: {}", subject.present ? "file" : "no file", joined(subject.nodes),
                       subject.path);
}
std::string of(const ServiceSubject& subject) {
    return fmt::format("{}/{} {}", joined(subject.nodes),
                       subject.service.empty() ? "all" : subject.service, subject.state);
}

std::string of(const ExpectAction& action) {
    return std::visit([](const auto& subject) { return of(subject); }, action.subject);
}

std::string of(const RepeatAction& action) {
    return fmt::format("repeat {} times", action.times);
}

} // namespace

std::string joined(const std::vector<std::string>& words, const char* between) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : between) + word;
    }
    return text;
}

std::string words_of(const std::vector<std::string>& command) {
    const bool by_shell = command.size() == 3 && command[0] == "/bin/sh" && command[1] == "-c";
    return by_shell ? command[2] : joined(command);
}

std::string title_of(const Step& step) {
    return printable(std::visit([](const auto& action) { return of(action); }, step.action),
                     longest);
}

std::string to_string(const ExitWish& wish) {
    return wish.kind == ExitWish::Kind::any        ? "any exit code"
           : wish.kind == ExitWish::Kind::not_zero ? "an exit code other than 0"
                                                   : fmt::format("exit code {}", wish.code);
}

} // namespace netlab
