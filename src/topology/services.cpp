#include "topology/services.h"

#include "base/nearest_word.h"
#include "base/quote.h"
#include "topology/names.h"
#include "topology/node_values.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

using namespace std::chrono_literals;

constexpr Duration shortest_wait = 1ms;
constexpr Duration longest_wait = 1h;
constexpr std::size_t most_services = 64;
constexpr std::size_t longest_ready_text = 1000;

struct Signal {
    std::string_view name;
    int number;
};

/// Those that a program ends by, with the numbers that they have on every Linux.
constexpr std::array<Signal, 8> signals{{{"SIGHUP", 1},
                                         {"SIGINT", 2},
                                         {"SIGQUIT", 3},
                                         {"SIGKILL", 9},
                                         {"SIGUSR1", 10},
                                         {"SIGUSR2", 12},
                                         {"SIGTERM", 15},
                                         {"SIGPWR", 30}}};

std::optional<Duration> read_wait(const Value& value, std::string_view what, Input& input) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        const auto* number = value.as_number();
        refuse_type(value, what, "a duration", input,
                    number == nullptr ? "a duration looks like \"30s\""
                                      : fmt::format("write its unit: \"{}s\"",
                                                    printable(input.written(value.span), 20)));
        return std::nullopt;
    }
    const auto duration = parse_duration(*text);
    if (!duration || *duration < shortest_wait || *duration > longest_wait) {
        input.diagnostics.error(value.span, fmt::format("{} cannot be {}", what, quoted(*text)),
                                "a duration from 1ms to 1h, such as \"30s\"");
        return std::nullopt;
    }
    return duration;
}

std::optional<RestartPolicy> read_restart(const Value& value, Input& input) {
    const auto* text = value.as_string();
    if (text == nullptr) {
        const auto* boolean = value.as_bool(); // YAML's `no` is a string, but many write a boolean
        refuse_type(value, "'restart'", "\"no\", \"on-failure\" or \"always\"", input,
                    boolean == nullptr ? ""
                    : *boolean         ? "write \"always\""
                                       : "write \"no\"");
        return std::nullopt;
    }
    for (const auto policy :
         {RestartPolicy::no, RestartPolicy::on_failure, RestartPolicy::always}) {
        if (*text == to_string(policy)) {
            return policy;
        }
    }
    auto hint = did_you_mean(*text, {"no", "on-failure", "always"});
    input.diagnostics.error(value.span, fmt::format("unknown restart {}", quoted(*text)),
                            hint.empty() ? "restart is \"no\", \"on-failure\" or \"always\""
                                         : std::move(hint));
    return std::nullopt;
}

std::optional<int> read_signal(const Value& value, Input& input) {
    const auto* text = want_string(value, "'stop_signal'", input);
    if (text == nullptr) {
        return std::nullopt;
    }
    const auto name = text->starts_with("SIG") ? *text : "SIG" + *text;
    const auto* found = std::find_if(signals.begin(), signals.end(),
                                     [&](const Signal& signal) { return signal.name == name; });
    if (found != signals.end()) {
        return found->number;
    }
    std::vector<std::string> names;
    for (const auto& signal : signals) {
        names.emplace_back(signal.name);
    }
    auto hint = did_you_mean(name, names);
    input.diagnostics.error(
        value.span, fmt::format("{} is not a signal to stop with", quoted(*text)),
        hint.empty() ? fmt::format("one of {}", fmt::join(names, ", ")) : std::move(hint));
    return std::nullopt;
}

void read_log_text(const Value& value, Service& service, Input& input) {
    const auto* text = want_string(value, "'log'", input);
    if (text == nullptr) {
        return;
    }
    if (text->empty() || text->size() > longest_ready_text ||
        text->find('\n') != std::string::npos) {
        input.diagnostics.error(
            value.span,
            fmt::format("'log' must be a part of one line, of 1 to {} bytes", longest_ready_text),
            R"(for example { "log": "ready to accept connections" })");
        return;
    }
    service.ready = *text;
}

constexpr auto ready_form =
    R"({ "tcp": 80 }, { "exec": "redis-cli ping" } or { "log": "ready" }, and "within": "30s")";

void read_ready(const Value& value, Service& service, Input& input) {
    const auto* map = want_map(value, "'ready'", input, ready_form);
    if (map == nullptr) {
        return;
    }
    Fields fields{*map, "'ready'", input};
    const auto* tcp = fields.take("tcp");
    const auto* exec = fields.take("exec");
    const auto* log = fields.take("log");
    const auto* within = fields.take("within");
    fields.refuse_rest();
    const auto ways = std::array{tcp, exec, log};
    if (std::count(ways.begin(), ways.end(), nullptr) < 2) {
        input.diagnostics.error(value.span, "'ready' names more than one way to be ready",
                                "keep one of 'tcp', 'exec' and 'log'");
        return;
    }
    if (tcp != nullptr) {
        if (const auto port = want_integer(tcp->value, "'tcp'", 1, 65535, input)) {
            service.ready = static_cast<std::uint16_t>(*port);
        }
    } else if (exec != nullptr) {
        if (auto command = read_command(exec->value, input)) {
            service.ready = std::move(*command);
        }
    } else if (log != nullptr) {
        read_log_text(log->value, service, input);
    }
    if (within != nullptr) {
        service.within = read_wait(within->value, "'within'", input).value_or(service.within);
    }
}

/// The first word of a shell's text that is neither `exec` nor a variable that is set.
std::string first_program(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
        const auto word = text.substr(0, text.find_first_of(" \t\r\n;&|<>()"));
        if (word.empty() || (word != "exec" && word.find('=') == std::string_view::npos)) {
            return std::string{word};
        }
        text.remove_prefix(word.size());
    }
}

/// The program of the command, made into a name.
std::string name_from(const Command& command) {
    const auto& argv = command.argv;
    const bool shell = argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c";
    std::string word = shell ? first_program(argv[2]) : argv[0];
    word = word.substr(word.rfind('/') == std::string::npos ? 0 : word.rfind('/') + 1);
    auto name = as_name(word, 24);
    return name.empty() ? "service" : name;
}

void read_settings(Fields& fields, Service& service, Input& input) {
    if (const auto* restart = fields.take("restart")) {
        service.restart = read_restart(restart->value, input).value_or(service.restart);
    }
    if (const auto* ready = fields.take("ready")) {
        read_ready(ready->value, service, input);
    }
    if (const auto* env = fields.take("env")) {
        for (auto& variable : read_env(env->value, input)) {
            service.env[variable.name] = std::move(variable.value);
        }
    }
    if (const auto* user = fields.take("user")) {
        service.user = read_user(user->value, input).value_or("");
    }
    if (const auto* workdir = fields.take("workdir")) {
        service.workdir = read_workdir(workdir->value, input).value_or("");
    }
    if (const auto* signal = fields.take("stop_signal")) {
        service.stop_signal = read_signal(signal->value, input).value_or(service.stop_signal);
    }
    if (const auto* timeout = fields.take("stop_timeout")) {
        service.stop_timeout =
            read_wait(timeout->value, "'stop_timeout'", input).value_or(service.stop_timeout);
    }
}

std::optional<Service> read_object(const Value& value, const Map& map, Input& input) {
    Fields fields{map, "a service", input};
    Service service;
    service.span = value.span;
    const auto* name = fields.take("name");
    const auto* command = fields.take("command");
    read_settings(fields, service, input);
    fields.refuse_rest();
    if (command == nullptr) {
        if (!fields.has_near("command")) {
            input.diagnostics.error(value.span, "a service needs a 'command'",
                                    R"({ "name": "web", "command": "python3 -m http.server 80" })");
        }
        return std::nullopt;
    }
    auto read = read_command(command->value, input);
    if (name != nullptr) {
        const auto* text = want_string(name->value, "the name of a service", input);
        if (text == nullptr) {
            return std::nullopt;
        }
        if (const auto why = why_not_service_name(*text); !why.empty()) {
            const auto better = as_name(*text, 32);
            input.diagnostics.error(
                name->value.span, fmt::format("the service name {} {}", quoted(*text), why),
                better.empty() ? "" : fmt::format("for example \"{}\"", better));
            return std::nullopt;
        }
        service.name = *text;
    }
    if (!read) {
        return std::nullopt;
    }
    service.command = std::move(*read);
    return service;
}

std::optional<Service> read_service(const Value& value, Input& input) {
    if (const auto* map = value.as_map()) {
        return read_object(value, *map, input);
    }
    auto command = read_command(value, input);
    if (!command) {
        return std::nullopt;
    }
    Service service;
    service.command = std::move(*command);
    service.span = value.span;
    return service;
}

/// Names those that the file does not name, and refuses a name that is there twice.
void settle_names(std::vector<Service>& services, Input& input) {
    const auto named = [&](const std::string& name) {
        return std::find_if(services.begin(), services.end(),
                            [&](const Service& service) { return service.name == name; });
    };
    for (auto service = services.begin(); service != services.end(); ++service) {
        if (const auto first = named(service->name); first != service && !service->name.empty()) {
            input.diagnostics
                .error(service->span,
                       fmt::format("the service {} is there twice", quoted(service->name)))
                .notes.push_back({first->span, "first defined here"});
        }
    }
    for (auto& service : services) {
        if (service.name.empty()) {
            const auto name = name_from(service.command);
            auto free = name;
            for (int i = 2; named(free) != services.end(); ++i) {
                free = fmt::format("{}-{}", name, i);
            }
            service.name = free;
        }
    }
}

} // namespace

std::vector<Service> read_run(const Value& value, Input& input) {
    std::vector<Service> services;
    const auto* list = want_list(value, "'run'", input);
    if (list != nullptr && list->size() > most_services) {
        input.diagnostics.error(value.span,
                                fmt::format("a node has at most {} services", most_services));
        return services;
    }
    for (const auto& item : list == nullptr ? List{} : *list) {
        if (auto service = read_service(item, input)) {
            services.push_back(std::move(*service));
        }
    }
    settle_names(services, input);
    return services;
}

} // namespace netlab
