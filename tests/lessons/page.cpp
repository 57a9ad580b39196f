#include "lessons/page.h"

#include <regex>
#include <sstream>

namespace netlab {

namespace {

constexpr const char* end_of_shell = "END-OF-WHAT-IS-TYPED-IN-THE-NODE";
constexpr char mark = '\x1e'; // ASCII's record separator: no command prints it

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream{text};
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

void add_line(std::vector<Step>& steps, const std::string& line, int number) {
    static const std::regex prompt{R"((\$|([a-z][a-z0-9]*)#) (.*))"};
    std::smatch found;
    if (std::regex_match(line, found, prompt)) {
        steps.push_back({found[3], found[2], {}, number});
    } else if (!steps.empty()) {
        steps.back().expected.push_back(line);
    }
}

} // namespace

std::vector<Step> read_steps(const std::string& markdown) {
    std::vector<Step> steps;
    bool inside = false;
    int number = 0;
    for (const auto& line : lines_of(markdown)) {
        ++number;
        if (line.starts_with("```")) {
            inside = !inside && line == "```console";
        } else if (inside) {
            add_line(steps, line, number);
        }
    }
    return steps;
}

std::string script_of(const std::vector<Step>& steps) {
    std::ostringstream script;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool opens_shell =
            steps[i].node.empty() && i + 1 < steps.size() && !steps[i + 1].node.empty();
        const bool closes_shell =
            !steps[i].node.empty() && (i + 1 == steps.size() || steps[i + 1].node.empty());
        script << "printf '\\n\\036%d\\n' " << i << '\n' << steps[i].command;
        if (opens_shell) {
            script << " <<'" << end_of_shell << '\'';
        }
        script << '\n' << (closes_shell ? std::string{end_of_shell} + '\n' : "");
    }
    return script.str();
}

std::vector<std::vector<std::string>> split_output(const std::string& output, std::size_t count) {
    std::vector<std::vector<std::string>> parts;
    auto begin = output.find(mark);
    while (begin != std::string::npos && parts.size() < count) {
        const auto text = output.find('\n', begin) + 1;
        const auto next = output.find(mark, text);
        parts.push_back(lines_of(output.substr(text, next - text)));
        begin = next;
    }
    return parts;
}

} // namespace netlab
