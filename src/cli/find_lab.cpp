#include "cli/find_lab.h"

#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "sys/text_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netlab {

namespace {

std::vector<std::string> names_of(const std::vector<LabEntry>& labs) {
    std::vector<std::string> names;
    for (const auto& lab : labs) {
        names.push_back(lab.name);
    }
    return names;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) {
        text += (text.empty() ? "" : ", ") + word;
    }
    return text;
}

LabEntry find_named(const std::string& name) {
    // Names of labs have no slash, so no other folder can be meant.
    const auto path = state_root() / name;
    if (!name.empty() && name.find('/') == std::string::npos && !name.starts_with('.') &&
        is_running(path)) {
        return {name, path};
    }
    const auto names = names_of(running_labs());
    const auto meant = did_you_mean(name, names);
    throw InputError{"no lab called " + quoted(name) + " is running",
                     !meant.empty()  ? meant
                     : names.empty() ? "none is; start one: netlab up FILE"
                                     : "running: " + joined(names)};
}

} // namespace

std::string to_json(const LabCard& card) {
    return nlohmann::json{{"name", card.name},        {"description", card.description},
                          {"file", card.file},        {"started", card.started},
                          {"nodes", card.nodes},      {"links", card.links},
                          {"services", card.services}}
        .dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

LabCard read_card(const LabEntry& lab) {
    const auto value =
        nlohmann::json::parse(read_file_or(lab.path / "lab.json", "{}"), nullptr, false);
    if (!value.is_object()) {
        throw std::runtime_error{"cannot read " + (lab.path / "lab.json").string() +
                                 ": it is not netlab's"};
    }
    return {lab.name,
            value.value("description", ""),
            value.value("file", ""),
            value.value("started", std::int64_t{0}),
            value.value("nodes", std::size_t{0}),
            value.value("links", std::size_t{0}),
            value.value("services", std::size_t{0})};
}

void refuse_empty_lab(const std::string& name) {
    if (name.empty()) {
        throw InputError{"the name of the lab is empty", "netlab ls lists the labs that run"};
    }
}

LabEntry find_lab(const std::string& name) {
    auto lab = find_lab_at_all(name);
    if (read_card(lab).started == 0) {
        throw std::runtime_error{
            fmt::format("lab {} is still starting: commands reach it when its up has returned "
                        "(netlab down {} gives it up)",
                        lab.name, lab.name)};
    }
    return lab;
}

LabEntry find_lab_at_all(const std::string& name) {
    if (!name.empty()) {
        return find_named(name);
    }
    if (const char* beside = std::getenv("NETLAB_LAB"); beside != nullptr && *beside != '\0') {
        return find_named(beside);
    }
    const auto labs = running_labs();
    if (labs.empty()) {
        throw InputError{"no lab is running", "start one: netlab up FILE"};
    }
    if (labs.size() == 1) {
        return labs.front();
    }
    std::error_code gone; // a removed working directory is no lab's
    const auto here = std::filesystem::current_path(gone);
    std::vector<LabEntry> from_here;
    std::ranges::copy_if(labs, std::back_inserter(from_here), [&](const LabEntry& lab) {
        // Not by their names: the file's may lead through a symbolic link.
        std::error_code missing;
        const auto folder = std::filesystem::path{read_card(lab).file}.parent_path();
        return std::filesystem::equivalent(folder, here, missing);
    });
    if (from_here.size() == 1) {
        return from_here.front();
    }
    throw InputError{"which lab? running: " + joined(names_of(labs)), "name it: -l LAB"};
}

} // namespace netlab
