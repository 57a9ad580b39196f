#include "trial/socket_table.h"

#include "base/address.h"
#include "sys/text_file.h"

#include <array>
#include <charconv>
#include <optional>
#include <sstream>

#include <fmt/format.h>

namespace netlab {

namespace {

/// include/net/tcp_states.h, from 1.
constexpr std::array states{"",          "ESTABLISHED", "SYN_SENT",    "SYN_RECV",   "FIN_WAIT1",
                            "FIN_WAIT2", "TIME_WAIT",   "CLOSE",       "CLOSE_WAIT", "LAST_ACK",
                            "LISTEN",    "CLOSING",     "NEW_SYN_RECV"};

std::optional<std::uint64_t> hex(std::string_view text) {
    std::uint64_t value = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value, 16);
    return error == std::errc{} && end == last ? std::optional{value} : std::nullopt;
}

/// Words of 32 bits, each in the machine's own order, then `:` and a port.
std::optional<std::string> endpoint(const std::string& text) {
    const auto colon = text.find(':');
    const auto port = colon == std::string::npos ? std::nullopt : hex(text.substr(colon + 1));
    if (!port || (colon != 8 && colon != 32)) {
        return std::nullopt;
    }
    IpAddress address;
    address.family = colon == 8 ? Family::ipv4 : Family::ipv6;
    for (std::size_t word = 0; word < colon / 8; ++word) {
        const auto value = hex(text.substr(word * 8, 8));
        if (!value) {
            return std::nullopt;
        }
        for (std::size_t byte = 0; byte < 4; ++byte) {
            address.bytes[word * 4 + byte] =
                static_cast<std::uint8_t>(*value >> (8 * byte) & 0xffU); // little-endian machines
        }
    }
    return address.family == Family::ipv4 ? fmt::format("{}:{}", to_string(address), *port)
                                          : fmt::format("[{}]:{}", to_string(address), *port);
}

} // namespace

bool parse_socket_line(const std::string& line, SocketState& socket) {
    std::istringstream words{line};
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    std::string queues;
    if (!(words >> number >> local >> remote >> state >> queues)) {
        return false;
    }
    const auto from = endpoint(local);
    const auto to = endpoint(remote);
    const auto code = hex(state);
    const auto colon = queues.find(':');
    if (!from || !to || !code || *code >= states.size() || colon == std::string::npos) {
        return false;
    }
    const bool udp = socket.protocol.starts_with("udp");
    socket.state = udp ? (*code == 1 ? "CONNECTED" : "OPEN") : states.at(*code);
    socket.local = *from;
    socket.remote = *to;
    socket.send_queue = hex(queues.substr(0, colon)).value_or(0);
    socket.receive_queue = hex(queues.substr(colon + 1)).value_or(0);
    return true;
}

std::vector<SocketState> read_sockets() {
    std::vector<SocketState> sockets;
    for (const auto* protocol : {"tcp", "tcp6", "udp", "udp6"}) {
        std::istringstream lines{read_file_or(std::string{"/proc/self/net/"} + protocol, "")};
        for (std::string line; std::getline(lines, line);) {
            SocketState socket;
            socket.protocol = protocol;
            if (parse_socket_line(line, socket)) {
                sockets.push_back(std::move(socket));
            }
        }
    }
    return sockets;
}

} // namespace netlab
