#include "trial/portrait.h"

#include "base/table.h"
#include "netlink/read.h"
#include "netlink/read_neighbours.h"
#include "netlink/read_qdiscs.h"
#include "netlink/socket.h"
#include "sys/check.h"
#include "sys/text_file.h"
#include "trial/lab_visit.h"
#include "trial/socket_table.h"

#include <map>

#include <fcntl.h>
#include <fmt/format.h>

namespace netlab {

namespace {

using InterfaceNames = std::map<int, std::string>;

std::string interfaces_text(const std::vector<InterfaceState>& interfaces) {
    Table table{{"INTERFACE", "STATE", "CARRIER", "MTU", "ADDRESSES", "RX", "TX", "DROPPED"}};
    for (const auto& one : interfaces) {
        std::vector<std::string> addresses;
        for (const auto& address : one.addresses) {
            addresses.push_back(to_string(address));
        }
        table.add_row(
            {one.name, one.operstate, one.carrier ? "yes" : "no", std::to_string(one.mtu),
             fmt::format("{}", fmt::join(addresses, " ")), std::to_string(one.traffic.rx_packets),
             std::to_string(one.traffic.tx_packets), std::to_string(one.traffic.tx_dropped)});
    }
    return table.to_string();
}

std::string routes_text(const std::vector<RouteState>& routes) {
    Table table{{"ROUTE TO", "NEXT HOP", "METRIC", "FROM"}};
    for (const auto& route : routes) {
        std::vector<std::string> hops;
        for (const auto& hop : route.hops) {
            hops.push_back((hop.via ? to_string(*hop.via) + " " : "") + "dev " + hop.interface);
        }
        table.add_row({to_string(route.to), fmt::format("{}", fmt::join(hops, ", ")),
                       std::to_string(route.metric), route.protocol});
    }
    return table.to_string();
}

std::string name_of(int interface, const InterfaceNames& names) {
    const auto name = names.find(interface);
    return name == names.end() ? std::to_string(interface) : name->second;
}

std::string neighbours_text(const InterfaceNames& names) {
    Table table{{"NEIGHBOUR", "INTERFACE", "MAC", "STATE"}};
    for (const auto& one : read_neighbours()) {
        table.add_row({to_string(one.address), name_of(one.interface, names), one.mac, one.state});
    }
    return table.to_string();
}

std::string qdiscs_text(const InterfaceNames& names) {
    Table table{{"QDISC OF", "KIND", "SENT", "DROPPED", "WAITING"}};
    Socket socket;
    for (const auto& one : read_qdiscs(socket)) {
        table.add_row({name_of(one.interface, names), one.kind, std::to_string(one.packets),
                       std::to_string(one.drops), std::to_string(one.waiting)});
    }
    return table.to_string();
}

std::string sockets_text() {
    Table table{{"SOCKET", "STATE", "LOCAL", "REMOTE", "SEND QUEUE", "RECEIVE QUEUE"}};
    for (const auto& one : read_sockets()) {
        table.add_row({one.protocol, one.state, one.local, one.remote,
                       std::to_string(one.send_queue), std::to_string(one.receive_queue)});
    }
    return table.to_string();
}

/// Of the network that this process is in.
std::string portrait() {
    Reader reader;
    const auto interfaces = reader.interfaces();
    InterfaceNames names;
    for (const auto& one : interfaces) {
        names.emplace(one.index, one.name);
    }
    return fmt::format("{}\n{}\n{}\n{}\n{}", interfaces_text(interfaces),
                       routes_text(reader.routes()), neighbours_text(names), qdiscs_text(names),
                       sockets_text());
}

} // namespace

void draw_portraits(const std::filesystem::path& lab, const std::vector<std::string>& nodes,
                    const std::filesystem::path& folder) {
    const UniqueFd directory{check(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC),
                                   "open {}", folder.string())};
    LabVisit visit{lab};
    for (const auto& node : nodes) {
        std::string text;
        try {
            visit.enter(node);
            text = portrait();
        } catch (const std::exception& error) { // it may be what the failure is about
            text = error.what();
        }
        replace_file(directory, node + ".txt", text + "\n");
    }
}

} // namespace netlab
