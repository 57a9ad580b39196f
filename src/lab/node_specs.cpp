#include "lab/node_specs.h"

#include "clock/setting.h"
#include "lab/service_specs.h"
#include "node/sysctl.h"
#include "sys/text_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include <sys/stat.h>

namespace netlab {

namespace {

using Sysctls = std::vector<std::pair<std::string, std::string>>;

std::string one_line(std::string text) {
    std::ranges::replace(text, '\t', ' ');
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

std::uint32_t highest_id(const IdMap& map) {
    std::uint32_t highest = 0;
    for (const auto& extent : map) {
        highest = std::max(highest, extent.inside + (extent.count - 1));
    }
    return highest;
}

Sysctls defaults_of(NodeKind kind, const IdMap& gids, const Sysctls& inherited) {
    if (kind == NodeKind::network_switch) {
        // Ports of a switch have no addresses; without this each would have a link-local one and
        // solicit routers.
        return {{"net.ipv6.conf.default.disable_ipv6", "1"}};
    }
    Sysctls sysctls = inherited;
    // Addresses are known to be unique, so they are usable at once (RFC 4862, 5.4:
    // DupAddrDetectTransmits 0).
    sysctls.emplace_back("net.ipv6.conf.all.accept_dad", "0");
    sysctls.emplace_back("net.ipv6.conf.default.accept_dad", "0");
    // ping works for users other than root, too. The kernel takes mapped ids only.
    sysctls.emplace_back("net.ipv4.ping_group_range", "0 " + std::to_string(highest_id(gids)));
    if (kind == NodeKind::router || kind == NodeKind::internet) {
        sysctls.emplace_back("net.ipv4.ip_forward", "1");
        sysctls.emplace_back("net.ipv6.conf.all.forwarding", "1");
    }
    return sysctls;
}

} // namespace

Sysctls inherited_differences() {
    static const std::array<std::pair<const char*, const char*>, 9> wanted{{
        {"net.ipv4.ip_forward", "0"},
        {"net.ipv4.conf.all.rp_filter", "0"},
        {"net.ipv4.conf.default.rp_filter", "0"},
        {"net.ipv6.conf.all.disable_ipv6", "0"},
        {"net.ipv6.conf.default.disable_ipv6", "0"},
        {"net.ipv6.conf.all.forwarding", "0"},
        {"net.ipv4.tcp_rmem", "4096 131072 6291456"},
        {"net.ipv4.tcp_wmem", "4096 16384 4194304"},
        {"net.ipv4.tcp_congestion_control", "cubic"},
    }};
    Sysctls differences;
    for (const auto& [name, value] : wanted) {
        const auto found = one_line(read_file_or(sysctl_path(name), value));
        const bool is_cubic = std::string_view{value} == "cubic";
        if (found != value &&
            (!is_cubic ||
             read_file_or("/proc/sys/net/ipv4/tcp_allowed_congestion_control", "").find(value) !=
                 std::string::npos)) {
            differences.emplace_back(name, value);
        }
    }
    return differences;
}

void give_wall_clock(NodeSpec& spec, const ClockSetting& setting) {
    spec.wall_clock = setting;
    spec.root.runs_early = true; // its /etc is to be its own
}

NodeSpec make_node_spec(const NodePlan& node, std::vector<UniqueFd> trees, const IdMap& gids,
                        const Sysctls& inherited) {
    NodeSpec spec;
    spec.name = node.name;
    spec.root.hostname = node.name;
    spec.env = node.env;
    spec.user = node.user;
    spec.workdir = node.workdir;
    spec.defaults = defaults_of(node.kind, gids, inherited);
    for (const auto& sysctl : node.sysctls) {
        spec.sysctls.emplace_back(sysctl.name, sysctl.value);
    }
    spec.clock = node.clock;
    spec.services = make_service_specs(node);
    for (const auto& command : node.exec) {
        spec.commands.push_back(command.argv);
    }
    for (std::size_t i = 0; i < node.binds.size(); ++i) {
        const auto& bind = node.binds[i];
        struct stat status {};
        const bool is_file = ::fstat(trees[i].get(), &status) == 0 && !S_ISDIR(status.st_mode);
        spec.root.binds.push_back(
            {trees[i].release(), is_file, bind.read_only, bind.node_path, bind.host_path});
    }
    if (!node.root.host_path.empty()) {
        spec.root.tree = trees.back().release();
    }
    spec.root.runs_early = !node.exec.empty() || !node.run.empty();
    if (node.clock.is_moved()) {
        give_wall_clock(spec, make_setting(node.clock));
    }
    for (const auto& directory : node.private_directories) {
        spec.root.private_directories.push_back(directory.path);
    }
    for (const auto& file : node.files) {
        spec.root.files.push_back({file.path, file.text});
    }
    return spec;
}

TopLevel top_level_of(const Plan& plan) {
    std::set<std::string> directories;
    std::set<std::string> files;
    const auto add = [&](const std::string& path, bool is_file) {
        const auto end = path.find('/', 1);
        auto& names = end == std::string::npos && is_file ? files : directories;
        names.insert(path.substr(0, end));
    };
    for (const auto& node : plan.nodes) {
        for (const auto& bind : node.binds) {
            // What lies where only the host's root can look is taken for a directory: most binds
            // are.
            std::error_code unseen;
            const bool directory = std::filesystem::is_directory(bind.host_path, unseen);
            add(bind.node_path, !directory && !unseen);
        }
        for (const auto& directory : node.private_directories) {
            add(directory.path, false);
        }
        for (const auto& file : node.files) {
            add(file.path, true);
        }
    }
    return {{directories.begin(), directories.end()}, {files.begin(), files.end()}};
}

} // namespace netlab
