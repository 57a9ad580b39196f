#include "topology/node_values.h"

#include "base/quote.h"
#include "topology/address_values.h"
#include "topology/names.h"

#include <cctype>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

namespace netlab {

namespace {

std::optional<std::vector<std::string>> read_argv(const Value& value, Input& input) {
    const auto& list = *value.as_list();
    std::vector<std::string> argv;
    for (const auto& item : list) {
        const auto word = want_text(item, "a word of a command", input);
        if (!word) {
            return std::nullopt;
        }
        argv.push_back(*word);
    }
    if (argv.empty() || argv.front().empty()) {
        input.diagnostics.error(value.span, "a command needs a program to run");
        return std::nullopt;
    }
    return argv;
}

} // namespace

std::optional<Command> read_command(const Value& value, Input& input) {
    if (value.as_list() != nullptr) {
        auto argv = read_argv(value, input);
        return argv ? std::optional{Command{std::move(*argv), value.span}} : std::nullopt;
    }
    const auto* text = value.as_string();
    if (text == nullptr) {
        refuse_type(value, "a command", "a string or a list of words", input);
        return std::nullopt;
    }
    if (text->find_first_not_of(" \t\r\n") == std::string::npos) {
        input.diagnostics.error(value.span, "a command may not be empty");
        return std::nullopt;
    }
    return Command{{"/bin/sh", "-c", *text}, value.span};
}

namespace {

/// Each part between separators: letters, digits, `_`, `-`, and what is not the separator.
std::string why_not_sysctl(std::string_view name) {
    const auto path = sysctl_path(name);
    if (path.empty() || path.front() == '/' || path.back() == '/' ||
        path.find("//") != std::string::npos) {
        return "has an empty part";
    }
    for (const char c : path) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_' && c != '-' && c != '.' &&
            c != '/') {
            return "may hold only letters, digits, '_', '-', '.' and '/'";
        }
    }
    const auto framed = "/" + path + "/";
    if (framed.find("/../") != std::string::npos || framed.find("/./") != std::string::npos) {
        return "may not contain '..'";
    }
    return path.find('/') == std::string::npos ? "is not a sysctl" : "";
}

std::optional<Sysctl> read_sysctl(const Member& member, Input& input) {
    if (const auto why = why_not_sysctl(member.key); !why.empty()) {
        input.diagnostics.error(member.key_span,
                                fmt::format("the sysctl name {} {}", quoted(member.key), why),
                                "a sysctl looks like net.ipv4.ip_forward");
        return std::nullopt;
    }
    if (const auto* boolean = member.value.as_bool()) {
        refuse_type(member.value, fmt::format("the sysctl {}", quoted(member.key)),
                    "a string or a number", input, *boolean ? "write 1" : "write 0");
        return std::nullopt;
    }
    const auto text =
        want_text(member.value, fmt::format("the sysctl {}", quoted(member.key)), input);
    if (!text) {
        return std::nullopt;
    }
    return Sysctl{member.key, *text, member.key_span};
}

} // namespace

std::string sysctl_path(std::string_view name) {
    std::string path{name};
    const auto separator = name.find_first_of("./");
    if (separator != std::string_view::npos && name[separator] == '.') {
        for (auto& c : path) {
            c = c == '.' ? '/' : c == '/' ? '.' : c;
        }
    }
    return path;
}

std::vector<std::string> read_labels(const Value& value, Input& input) {
    std::vector<std::string> labels;
    std::unordered_set<std::string_view> seen;
    const auto* list = want_list(value, "'labels'", input);
    static const List nothing;
    for (const auto& item : list == nullptr ? nothing : *list) {
        const auto* text = want_string(item, "a label", input);
        if (text == nullptr) {
            continue;
        }
        if (const auto why = why_not_label(*text); !why.empty()) {
            input.diagnostics.error(item.span, fmt::format("the label {} {}", quoted(*text), why));
        } else if (seen.insert(*text).second) {
            labels.push_back(*text);
        }
    }
    return labels;
}

std::optional<Point> read_position(const Value& value, Input& input) {
    const auto* list = value.as_list();
    const auto number = [&](std::size_t i) {
        const auto* n = list->at(i).as_number();
        return n != nullptr && std::isfinite(n->value) ? std::optional{n->value} : std::nullopt;
    };
    if (list != nullptr && list->size() == 2 && number(0) && number(1)) {
        return Point{*number(0), *number(1)};
    }
    input.diagnostics.error(value.span, "'position' must be two numbers", "for example [100, 50]");
    return std::nullopt;
}

std::vector<LoopbackAddress> read_loopback(const Value& value, Input& input) {
    std::vector<LoopbackAddress> addresses;
    const auto* list = want_list(value, "'loopback'", input);
    for (const auto& item : list == nullptr ? List{} : *list) {
        const auto* text = want_string(item, "a loopback address", input);
        if (text == nullptr) {
            continue;
        }
        const auto with_length = parse_interface_address(*text);
        const auto address =
            with_length ? std::optional{with_length->address} : parse_address(*text);
        if (!address) {
            input.diagnostics.error(item.span, fmt::format("{} is not an address", quoted(*text)),
                                    "an address looks like 10.255.0.1 or fd00:1::1");
        } else if (with_length && with_length->length != bits(address->family)) {
            input.diagnostics.error(item.span, "a loopback address stands alone, without a subnet",
                                    fmt::format("write {}", to_string(*address)));
        } else if (check_unicast(*address, item.span, input)) {
            addresses.push_back({*address, item.span});
        }
    }
    return addresses;
}

std::optional<std::string> read_user(const Value& value, Input& input) {
    const auto* text = want_string(value, "'user'", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    if (const auto why = why_not_user_name(*text); !why.empty()) {
        input.diagnostics.error(value.span, fmt::format("the user name {} {}", quoted(*text), why));
        return std::nullopt;
    }
    return *text;
}

std::vector<Command> read_exec(const Value& value, Input& input) {
    std::vector<Command> commands;
    const auto* list = want_list(value, "'exec'", input);
    for (const auto& item : list == nullptr ? List{} : *list) {
        if (auto command = read_command(item, input)) {
            commands.push_back(std::move(*command));
        }
    }
    return commands;
}

std::vector<Variable> read_env(const Value& value, Input& input) {
    std::vector<Variable> variables;
    const auto* map = want_map(value, "'env'", input, "{ \"NAME\": \"value\" }");
    for (const auto& member : map == nullptr ? std::vector<Member>{} : map->members) {
        if (const auto why = why_not_variable_name(member.key); !why.empty()) {
            input.diagnostics.error(
                member.key_span, fmt::format("the variable name {} {}", quoted(member.key), why));
        } else if (auto text = want_text(
                       member.value, fmt::format("the environment variable {}", quoted(member.key)),
                       input)) {
            variables.push_back({member.key, std::move(*text)});
        }
    }
    return variables;
}

std::vector<Sysctl> read_sysctls(const Value& value, Input& input) {
    std::vector<Sysctl> sysctls;
    std::unordered_map<std::string, Span> set; // by path: net.ipv4.x and net/ipv4/x are one
    const auto* map = want_map(value, "'sysctls'", input, "{ \"net.ipv4.ip_forward\": 1 }");
    for (const auto& member : map == nullptr ? std::vector<Member>{} : map->members) {
        auto sysctl = read_sysctl(member, input);
        if (!sysctl) {
            continue;
        }
        const auto [first, is_new] = set.try_emplace(sysctl_path(sysctl->name), sysctl->span);
        if (!is_new) {
            input.diagnostics
                .error(member.key_span,
                       fmt::format("the sysctl {} is set twice", quoted(member.key)))
                .notes.push_back({first->second, "first set here"});
            continue;
        }
        sysctls.push_back(std::move(*sysctl));
    }
    return sysctls;
}

} // namespace netlab
