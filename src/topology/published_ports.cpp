#include "topology/published_ports.h"

#include "base/nearest_word.h"
#include "base/number.h"
#include "base/quote.h"
#include "topology/report_once.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Each is a socket that `up` opens before anything else is there, by the limit on open files that
/// it finds: 1024 on most hosts.
constexpr std::size_t most_ports = 512;

constexpr const char* form =
    R"(a published port looks like "8080:80" or "0.0.0.0:5353:53/udp": the host's, then the node's)";

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = to_number<std::uint16_t>(text);
    return port == 0 ? std::nullopt : port;
}

bool is_unspecified(const IpAddress& address) {
    return address == IpAddress{address.family, {}};
}

/// Why nothing can listen at the address, or empty.
std::string_view why_not_listening(const IpAddress& address) {
    const auto& bytes = address.bytes;
    if (address.family == Family::ipv4) {
        return bytes[0] >= 240                             ? "is reserved"
               : bytes[0] >= 224                           ? "is a multicast address"
               : bytes[0] == 0 && !is_unspecified(address) ? "is reserved"
                                                           : "";
    }
    const bool mapped = std::all_of(bytes.begin(), bytes.begin() + 10,
                                    [](std::uint8_t byte) { return byte == 0; }) &&
                        bytes[10] == 0xff && bytes[11] == 0xff;
    return bytes[0] == 0xff                                 ? "is a multicast address"
           : bytes[0] == 0xfe && (bytes[1] & 0xc0U) == 0x80 ? "is an address of one link only"
           : mapped                                         ? "stands for an IPv4 address"
                                                            : "";
}

/// One entry of the list, taken apart from its end.
class PortReader {
public:
    PortReader(const std::string& text, Span span, Input& input)
        : text_{text}, rest_{text}, input_{input} {
        port_.span = span;
    }

    std::optional<PublishedPort> read() {
        const bool good = read_protocol() && read_node_port() && read_host_side();
        return good ? std::optional{port_} : std::nullopt;
    }

private:
    bool refuse(std::string message, std::string hint = form) {
        input_.diagnostics.error(port_.span, std::move(message), std::move(hint));
        return false;
    }

    bool read_protocol() {
        const auto slash = rest_.rfind('/');
        if (slash == std::string_view::npos) {
            return true;
        }
        const auto word = rest_.substr(slash + 1);
        rest_ = rest_.substr(0, slash);
        port_.udp = word == "udp";
        if (port_.udp || word == "tcp") {
            return true;
        }
        const auto meant = did_you_mean(word, {"tcp", "udp"});
        return refuse(fmt::format("unknown protocol {}", quoted(word)),
                      meant.empty() ? "a published port ends with /tcp, /udp or its number"
                                    : meant);
    }

    bool read_port(std::string_view text, std::uint16_t& out) {
        if (const auto port = parse_port(text)) {
            out = *port;
            return true;
        }
        if (text.empty()) {
            return refuse(fmt::format("a port is missing in {}", quoted(text_)));
        }
        const auto dash = text.find('-');
        const bool range = dash != 0 && dash != std::string_view::npos;
        return refuse(fmt::format("{} is not a port", quoted(text)),
                      range ? "write each port by itself" : "a port is a number from 1 to 65535");
    }

    bool read_node_port() {
        const auto colon = rest_.rfind(':');
        const bool in_address =
            colon != std::string_view::npos && rest_.find(']', colon) != std::string_view::npos;
        if (colon == std::string_view::npos || in_address) {
            const auto port = parse_port(rest_);
            return refuse(fmt::format("{} does not say which port of the node", quoted(text_)),
                          port ? fmt::format(R"(write "{0}:{0}{1}" if they are the same)", *port,
                                             port_.udp ? "/udp" : "")
                               : form);
        }
        const auto word = rest_.substr(colon + 1);
        rest_ = rest_.substr(0, colon);
        return read_port(word, port_.node_port);
    }

    bool read_host_side() {
        const auto colon = rest_.rfind(':');
        const auto bracket = rest_.rfind(']');
        const bool without_port = bracket != std::string_view::npos && bracket + 1 == rest_.size();
        if (without_port) { // "[::1]:80"
            return refuse(fmt::format("{} has one port and needs two", quoted(text_)));
        }
        if (colon == std::string_view::npos) {
            port_.host_address = *parse_address("127.0.0.1");
            return read_port(rest_, port_.host_port);
        }
        return read_address(rest_.substr(0, colon)) &&
               read_port(rest_.substr(colon + 1), port_.host_port);
    }

    bool read_address(std::string_view word) {
        const bool bracketed = word.size() > 2 && word.front() == '[' && word.back() == ']';
        const auto bare = bracketed ? word.substr(1, word.size() - 2) : word;
        const auto address = parse_address(bare);
        if (!address) {
            return refuse(fmt::format("{} is not an address", quoted(bare)),
                          bare == "localhost"
                              ? "write 127.0.0.1 or [::1]"
                              : "an address looks like 127.0.0.1, [::1] or 0.0.0.0 (all of IPv4)");
        }
        if (bracketed != (address->family == Family::ipv6)) {
            return refuse(fmt::format("{} is not an address and a port", quoted(rest_)),
                          bracketed ? fmt::format("without brackets: {}", to_string(*address))
                                    : "an IPv6 address stands in brackets: \"[::1]:8080:80\"");
        }
        if (const auto why = why_not_listening(*address); !why.empty()) {
            return refuse(fmt::format("the address {} {}", quoted(bare), why),
                          "publish a port at an address of the host's, or at all: 0.0.0.0, [::]");
        }
        port_.host_address = *address;
        return true;
    }

    const std::string& text_;
    std::string_view rest_;
    Input& input_;
    PublishedPort port_;
};

/// What a port of the host's is used for.
struct Claim {
    const Node* node;
    const PublishedPort* port;

    bool clashes_with(const PublishedPort& other) const {
        const auto& one = port->host_address;
        const auto& two = other.host_address;
        return one.family == two.family &&
               (one == two || is_unspecified(one) || is_unspecified(two));
    }
};

void refuse_clash(const Claim& first, const Claim& second, ReportOnce& once) {
    const auto& [node, port] = second;
    if (first.port->span == port->span) {
        once.error(port->span,
                   fmt::format("{} and {} both publish {}", quoted(first.node->name),
                               quoted(node->name), to_string(*port)),
                   "a port of the host's leads to one node: write it there, not for several");
        return;
    }
    const auto by =
        first.node == node ? std::string{} : fmt::format(" by {}", quoted(first.node->name));
    if (auto* error =
            once.error(port->span, fmt::format("{} is published already{}, as {}", to_string(*port),
                                               by, to_string(*first.port)))) {
        error->notes.push_back({first.port->span, "first published here"});
    }
}

std::string hint_for_number(const Value& value, Input& input) {
    const auto port = parse_port(input.written(value.span));
    return port ? fmt::format(R"(write "{0}:{0}" if the host's and the node's are the same)", *port)
                : form;
}

} // namespace

std::vector<PublishedPort> read_publish(const Value& value, Input& input) {
    std::vector<PublishedPort> ports;
    const auto* list =
        want_list(value, "'publish'", input, value.as_number() == nullptr ? "" : form);
    for (const auto& item : list == nullptr ? List{} : *list) {
        const auto* text = item.as_string();
        if (text == nullptr) {
            refuse_type(item, "a published port", "a string", input,
                        item.as_number() == nullptr ? form : hint_for_number(item, input));
        } else if (const auto port = PortReader{*text, item.span, input}.read()) {
            ports.push_back(*port);
        }
    }
    return ports;
}

void settle_published_ports(const std::vector<Node>& nodes, Input& input) {
    ReportOnce once{input.diagnostics};
    std::map<std::pair<bool, std::uint16_t>, std::vector<Claim>> claims;
    std::size_t count = 0;
    for (const auto& node : nodes) {
        for (const auto& port : node.publish) {
            const Claim claim{&node, &port};
            auto& others = claims[{port.udp, port.host_port}];
            const auto clash = std::find_if(others.begin(), others.end(), [&](const Claim& other) {
                return other.clashes_with(port);
            });
            if (clash != others.end()) {
                refuse_clash(*clash, claim, once);
            } else if (++count > most_ports) {
                input.diagnostics.error(
                    port.span, fmt::format("a lab publishes at most {} ports", most_ports));
                return;
            } else {
                others.push_back(claim);
            }
        }
    }
}

} // namespace netlab
