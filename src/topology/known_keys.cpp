#include "topology/known_keys.h"

#include <algorithm>
#include <array>

namespace netlab {

namespace {

constexpr std::array<std::string_view, 2> later{"vlan", "vlan_filtering"};

struct Home {
    std::string_view key;
    std::string_view place;
};

constexpr std::array homes{Home{"kind", "in a node"},
                           Home{"group", "in a node"},
                           Home{"labels", "in a node"},
                           Home{"position", "in a node"},
                           Home{"loopback", "in a node"},
                           Home{"routes", "in a node"},
                           Home{"sysctls", "in a node"},
                           Home{"env", "in a node"},
                           Home{"user", "in a node"},
                           Home{"workdir", "in a node"},
                           Home{"binds", "in a node"},
                           Home{"private", "in a node"},
                           Home{"files", "in a node"},
                           Home{"exec", "in a node"},
                           Home{"run", "in a node"},
                           Home{"depends_on", "in a node"},
                           Home{"publish", "in a node"},
                           Home{"command", "in a service of 'run'"},
                           Home{"restart", "in a service of 'run'"},
                           Home{"ready", "in a service of 'run'"},
                           Home{"stop_signal", "in a service of 'run'"},
                           Home{"stop_timeout", "in a service of 'run'"},
                           Home{"within", "in 'ready', in a service of 'run'"},
                           Home{"root", "in a node"},
                           Home{"limits", "in a node"},
                           Home{"cpu", "in 'limits' of a node"},
                           Home{"memory", "in 'limits' of a node"},
                           Home{"pids", "in 'limits' of a node"},
                           Home{"clock", "in a node"},
                           Home{"offset", "in 'clock' of a node"},
                           Home{"drift", "in 'clock' of a node"},
                           Home{"monotonic", "in 'clock' of a node"},
                           Home{"boot", "in 'clock' of a node"},
                           Home{"daemons", "in a router node"},
                           Home{"asn", "in a router node"},
                           Home{"stp", "in a switch node"},
                           Home{"ageing", "in a switch node"},
                           Home{"endpoints", "in a link"},
                           Home{"mtu", "in a link"},
                           Home{"cost", "in a link"},
                           Home{"up", "in a link"},
                           Home{"engine", "in a link"},
                           Home{"delay", "in a link or an endpoint of it"},
                           Home{"jitter", "in a link or an endpoint of it"},
                           Home{"loss", "in a link or an endpoint of it"},
                           Home{"duplicate", "in a link or an endpoint of it"},
                           Home{"corrupt", "in a link or an endpoint of it"},
                           Home{"reorder", "in a link or an endpoint of it"},
                           Home{"rate", "in a link or an endpoint of it"},
                           Home{"queue", "in a link or an endpoint of it"},
                           Home{"correlation", "in a link or an endpoint of it"},
                           Home{"distribution", "in a link or an endpoint of it"},
                           Home{"seed", "in a link or an endpoint of it"},
                           Home{"trace", "in a link or an endpoint of it"},
                           Home{"mac", "in an endpoint of a link"},
                           Home{"interface", "in an endpoint of a link"},
                           Home{"ipv4", "in 'addressing', a link or an endpoint"},
                           Home{"ipv6", "in 'addressing', a link or an endpoint"},
                           Home{"prefix4", "in 'addressing'"},
                           Home{"loopback4", "in 'addressing'"},
                           Home{"loopback6", "in 'addressing'"},
                           Home{"nodes", "at the top level"},
                           Home{"links", "at the top level"},
                           Home{"groups", "at the top level"},
                           Home{"defaults", "at the top level"},
                           Home{"routing", "at the top level"},
                           Home{"addressing", "at the top level"},
                           Home{"description", "at the top level"}};

struct Synonym {
    std::string_view theirs;
    std::string_view ours;
};

/// Words of Mininet, of tc and of everyday speech.
constexpr std::array synonyms{Synonym{"bandwidth", "rate"},
                              Synonym{"bw", "rate"},
                              Synonym{"speed", "rate"},
                              Synonym{"capacity", "rate"},
                              Synonym{"latency", "delay"},
                              Synonym{"packet_loss", "loss"},
                              Synonym{"packet-loss", "loss"},
                              Synonym{"drop", "loss"},
                              Synonym{"corruption", "corrupt"},
                              Synonym{"duplication", "duplicate"},
                              Synonym{"reordering", "reorder"},
                              Synonym{"max_queue_size", "queue"},
                              Synonym{"buffer", "queue"},
                              Synonym{"limit", "queue"},
                              Synonym{"metric", "cost"},
                              Synonym{"services", "run"},
                              Synonym{"cmd", "command"},
                              Synonym{"healthcheck", "ready"},
                              Synonym{"ports", "publish"},
                              Synonym{"expose", "publish"},
                              Synonym{"environment", "env"},
                              Synonym{"working_dir", "workdir"},
                              Synonym{"stop_grace_period", "stop_timeout"}};

} // namespace

bool is_of_a_later_version(std::string_view word) {
    return std::find(later.begin(), later.end(), word) != later.end();
}

std::string word_for(std::string_view key) {
    const auto* found = std::find_if(synonyms.begin(), synonyms.end(),
                                     [key](const Synonym& s) { return s.theirs == key; });
    return found == synonyms.end() ? std::string{} : std::string{found->ours};
}

std::string home_of_key(std::string_view key) {
    const auto* home =
        std::find_if(homes.begin(), homes.end(), [key](const Home& h) { return h.key == key; });
    return home == homes.end() ? std::string{} : std::string{home->place};
}

} // namespace netlab
