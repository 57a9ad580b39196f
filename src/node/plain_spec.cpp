#include "node/plain_spec.h"

#include <nlohmann/json.hpp>

namespace netlab {

namespace {

using nlohmann::json;

json files_of(const NodeRoot& root) {
    auto files = json::array();
    for (const auto& file : root.files) {
        files.push_back({file.path, file.text});
    }
    return files;
}

} // namespace

bool is_plain(const NodeSpec& spec) {
    return spec.root.tree < 0 && spec.root.binds.empty() && spec.root.kept < 0 &&
           spec.services.empty() && !spec.wall_clock && spec.cgroup < 0 && !spec.own_reports;
}

// CBOR takes any bytes for a string; text of JSON would have to be UTF-8.
std::vector<std::uint8_t> to_record(const NodeSpec& spec) {
    return json::to_cbor({{"name", spec.name},
                          {"hostname", spec.root.hostname},
                          {"private", spec.root.private_directories},
                          {"files", files_of(spec.root)},
                          {"early", spec.root.runs_early},
                          {"defaults", spec.defaults},
                          {"sysctls", spec.sysctls},
                          {"commands", spec.commands},
                          {"env", spec.env},
                          {"user", spec.user},
                          {"workdir", spec.workdir},
                          {"monotonic", spec.clock.monotonic.count()},
                          {"boot", spec.clock.boot.count()},
                          {"open_files", spec.open_files}});
}

NodeSpec parse_record(std::span<const std::uint8_t> record) {
    const auto read = json::from_cbor(record.begin(), record.end());
    NodeSpec spec;
    read.at("name").get_to(spec.name);
    read.at("hostname").get_to(spec.root.hostname);
    read.at("private").get_to(spec.root.private_directories);
    for (const auto& file : read.at("files")) {
        spec.root.files.push_back({file.at(0), file.at(1)});
    }
    read.at("early").get_to(spec.root.runs_early);
    read.at("defaults").get_to(spec.defaults);
    read.at("sysctls").get_to(spec.sysctls);
    read.at("commands").get_to(spec.commands);
    read.at("env").get_to(spec.env);
    read.at("user").get_to(spec.user);
    read.at("workdir").get_to(spec.workdir);
    spec.clock.monotonic = Duration{read.at("monotonic").get<Duration::rep>()};
    spec.clock.boot = Duration{read.at("boot").get<Duration::rep>()};
    read.at("open_files").get_to(spec.open_files);
    return spec;
}

} // namespace netlab
