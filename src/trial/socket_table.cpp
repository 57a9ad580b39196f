#include "trial/socket_table.h"

#include "base/address.h"
#include "base/number.h"
#include "base/split.h"
#include "sys/text_file.h"

#include <array>
#include <optional>

#include <fmt/format.h>

namespace netlab {

namespace {

/// include/net/tcp_states.h, from 1.
constexpr std::array states{"",          "ESTABLISHED", "SYN_SENT",    "SYN_RECV",   "FIN_WAIT1",
                            "FIN_WAIT2", "TIME_WAIT",   "CLOSE",       "CLOSE_WAIT", "LAST_ACK",
                            "LISTEN",    "CLOSING",     "NEW_SYN_RECV"};

std::optional<std::uint64_t> hex(std::string_view text) {
    return to_number<std::uint64_t>(text, 16);
}

/// Words of 32 bits, each in the machine's own order, then `:` and a port.
std::optional<std::string> endpoint(std::string_view text) {
    const auto colon = text.find(':');
    const auto port = colon == std::string_view::npos ? std::nullopt : hex(text.substr(colon + 1));
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

bool parse_socket_line(std::string_view line, SocketState& socket) {
    const auto words = split_words(line); // its number, both ends, its state, its queues, …
    if (words.size() < 5) {
        return false;
    }
    const auto from = endpoint(words[1]);
    const auto to = endpoint(words[2]);
    const auto code = hex(words[3]);
    const auto queues = words[4];
    const auto colon = queues.find(':');
    if (!from || !to || !code || *code >= states.size() || colon == std::string_view::npos) {
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
        const auto text = read_file_or(std::string{"/proc/self/net/"} + protocol, "");
        for (std::string_view rest = text; !rest.empty();) {
            SocketState socket;
            socket.protocol = protocol;
            if (parse_socket_line(cut_off(rest, '\n'), socket)) {
                sockets.push_back(std::move(socket));
            }
        }
    }
    return sockets;
}

} // namespace netlab
