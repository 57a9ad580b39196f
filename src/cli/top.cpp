#include "base/table.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/output.h"
#include "cli/service_json.h"
#include "cli/service_text.h"
#include "cli/top_screen.h"

#include <algorithm>
#include <limits>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

namespace netlab {

namespace {

constexpr auto round = std::chrono::seconds{1};

double bits(const TrafficRate& rate) {
    return rate.rx_bits + rate.tx_bits;
}

std::vector<std::string> traffic_cells(const TrafficRate& rate) {
    return {fmt::format("{:.0f}", rate.rx_packets), describe_rate(rate.rx_bits),
            fmt::format("{:.0f}", rate.tx_packets), describe_rate(rate.tx_bits)};
}

std::string nodes_table(const TopRates& rates, std::size_t most) {
    auto nodes = rates.nodes;
    std::ranges::stable_sort(nodes, [](const NodeRates& a, const NodeRates& b) {
        return std::pair{a.cpu, bits(a.traffic)} > std::pair{b.cpu, bits(b.traffic)};
    });
    Table table{{"NODE", "CPU", "MEMORY", "PROCESSES", "RX/S", "RECEIVED", "TX/S", "SENT"}};
    for (std::size_t i = 0; i < std::min(most, nodes.size()); ++i) {
        const auto& node = nodes[i];
        std::vector<std::string> cells{
            node.name + (node.stopped ? " (stopped)" : ""), fmt::format("{:.1f}%", node.cpu * 100),
            describe_bytes(static_cast<double>(node.memory)), std::to_string(node.processes)};
        std::ranges::move(traffic_cells(node.traffic), std::back_inserter(cells));
        table.add_row(cells);
    }
    return table.to_string(0, wants_colour(stdout));
}

/// A row for each direction: what the end sends into the link.
std::string links_table(const TopRates& rates, std::size_t most) {
    struct Row {
        std::string link;
        std::string from;
        TrafficRate rate;
    };
    std::vector<Row> rows;
    for (const auto& link : rates.links) {
        for (const auto& [end, rate] : link.ends) {
            rows.push_back({link.name, end, rate});
        }
    }
    std::ranges::stable_sort(rows, std::ranges::greater{},
                             [](const Row& row) { return row.rate.tx_bits; });
    Table table{{"LINK", "FROM", "FRAMES/S", "RATE"}};
    for (std::size_t i = 0; i < std::min(most, rows.size()); ++i) {
        table.add_row({rows[i].link, rows[i].from, fmt::format("{:.0f}", rows[i].rate.tx_packets),
                       describe_rate(rows[i].rate.tx_bits)});
    }
    return table.to_string(0, wants_colour(stdout));
}

/// As many rows as fit into `lines`; 0: all.
std::string tables(const std::string& lab, const TopRates& rates, std::size_t lines) {
    constexpr std::size_t others = 5; // title, headings, empty lines
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    const auto rows = lines == 0 ? all : std::max<std::size_t>(lines, others + 2) - others;
    const auto of_nodes =
        lines == 0 ? all : std::max(rows / 2, rows - std::min(rows, 2 * rates.links.size()));
    const auto of_links = lines == 0 ? all : rows - std::min({of_nodes, rates.nodes.size(), rows});
    return fmt::format("lab {}: {}, {}\n\n", lab, counted(rates.nodes.size(), "node"),
                       counted(rates.links.size(), "link")) +
           nodes_table(rates, of_nodes) + "\n" + links_table(rates, of_links);
}

} // namespace

int run_top(const TopOptions& options) {
    const auto lab = find_lab(options.lab);
    LabClient client{lab.path};
    TopSource source{client, options.nodes};
    const bool live = !options.json && !options.rounds && ::isatty(STDOUT_FILENO) != 0 &&
                      ::isatty(STDIN_FILENO) != 0;
    auto before = source.sample();
    if (live) {
        TopScreen screen;
        while (screen.wait(round)) {
            auto now = source.sample();
            screen.show(tables(lab.name, source.rates(before, now), screen.lines()));
            before = std::move(now);
        }
        return 0;
    }
    for (std::size_t i = 0; i < options.rounds.value_or(1); ++i) {
        std::this_thread::sleep_for(round);
        auto now = source.sample();
        const auto rates = source.rates(before, now);
        print(stdout, options.json ? rates_to_json(rates) : tables(lab.name, rates, 0));
        before = std::move(now);
    }
    return 0;
}

} // namespace netlab
