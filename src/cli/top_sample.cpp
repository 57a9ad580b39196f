#include "cli/top_sample.h"

#include "cli/link_state.h"
#include "netlink/read.h"

#include <algorithm>

namespace netlab {

namespace {

/// Interfaces can be made anew between two samples, and count from 0 again.
double per_second(std::uint64_t before, std::uint64_t now, double seconds) {
    return now > before ? static_cast<double>(now - before) / seconds : 0;
}

TrafficRate rate(const Traffic& before, const Traffic& now, double seconds) {
    constexpr double bits = 8;
    return {per_second(before.rx_packets, now.rx_packets, seconds),
            per_second(before.rx_bytes, now.rx_bytes, seconds) * bits,
            per_second(before.tx_packets, now.tx_packets, seconds),
            per_second(before.tx_bytes, now.tx_bytes, seconds) * bits};
}

TrafficRate rate_of(const std::pair<std::string, std::string>& interface, const TopSample& before,
                    const TopSample& now, double seconds) {
    const auto old = before.interfaces.find(interface);
    const auto young = now.interfaces.find(interface);
    return old == before.interfaces.end() || young == now.interfaces.end()
               ? TrafficRate{}
               : rate(old->second, young->second, seconds);
}

void add(TrafficRate& sum, const TrafficRate& one) {
    sum.rx_packets += one.rx_packets;
    sum.rx_bits += one.rx_bits;
    sum.tx_packets += one.tx_packets;
    sum.tx_bits += one.tx_bits;
}

NodeRates node_rates(const NodeAnswer& node, const TopSample& before, const TopSample& now,
                     double seconds) {
    NodeRates rates{node.name, node.stopped, 0, 0, 0, {}};
    const auto old = before.nodes.find(node.name);
    const auto young = now.nodes.find(node.name);
    if (young != now.nodes.end()) {
        rates.processes = young->second.processes;
        rates.memory = young->second.memory;
    }
    if (old != before.nodes.end() && young != now.nodes.end()) {
        rates.cpu = std::max(young->second.cpu_seconds - old->second.cpu_seconds, 0.0) / seconds;
    }
    for (const auto& [interface, traffic] : now.interfaces) {
        if (interface.first == node.name && interface.second != "lo") {
            add(rates.traffic, rate_of(interface, before, now, seconds));
        }
    }
    return rates;
}

} // namespace

TopSource::TopSource(LabClient& client, const std::vector<std::string>& patterns)
    : client_{client}, visits_{client}, patterns_{patterns.empty() ? std::vector<std::string>{"all"}
                                                                   : patterns},
      nodes_{client.nodes(patterns_)} {
    enter_lab_files(client);
    for (auto& link : client.links({})) {
        const bool near = std::ranges::any_of(link.ends, [&](const LinkEndAnswer& end) {
            return std::ranges::find(nodes_, end.node, &NodeAnswer::name) != nodes_.end();
        });
        if (near) {
            links_.push_back(std::move(link));
        }
    }
}

TopSample TopSource::sample() {
    TopSample sample;
    nodes_ = client_.nodes(patterns_);
    sample.time = std::chrono::steady_clock::now();
    sample.nodes = node_usages(nodes_, read_lab_processes());
    auto names = nodes_at(links_);
    for (const auto& node : nodes_) {
        if (std::ranges::find(names, node.name) == names.end()) {
            names.push_back(node.name);
        }
    }
    visits_.each(names, [&](const NodeHandle& handle) {
        if (!handle.pidfd) {
            return;
        }
        for (const auto& interface : Reader{}.interfaces()) {
            const auto& traffic = interface.traffic;
            sample.interfaces[{handle.node.name, interface.name}] = {
                traffic.rx_packets, traffic.rx_bytes, traffic.tx_packets, traffic.tx_bytes};
        }
    });
    return sample;
}

TopRates TopSource::rates(const TopSample& before, const TopSample& now) const {
    TopRates rates;
    rates.seconds = std::max(std::chrono::duration<double>(now.time - before.time).count(), 1e-3);
    for (const auto& node : nodes_) {
        rates.nodes.push_back(node_rates(node, before, now, rates.seconds));
    }
    for (const auto& link : links_) {
        LinkRates entry{link.name, {}};
        for (const auto& end : link.ends) {
            entry.ends.emplace_back(name_of(end),
                                    rate_of({end.node, end.interface}, before, now, rates.seconds));
        }
        rates.links.push_back(std::move(entry));
    }
    return rates;
}

} // namespace netlab
