#include "lab/host_network.h"

#include "base/split.h"
#include "sys/text_file.h"
#include "sys/unique_fd.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace netlab {

namespace {

/// Not another's by any way: this host's own (loopback, unspecified), or of one link only.
bool is_near(const IpAddress& address) {
    if (address.family == Family::ipv4) {
        return address.bytes[0] == 127 || address.bytes[0] == 0;
    }
    const auto within = [&](const char* prefix, int length) {
        return prefix_of(parse_address(prefix).value(), length).contains(address);
    };
    return within("::", 96) || within("::ffff:0:0", 96) || within("fe80::", 10);
}

/// Of a line of resolv.conf(5), whose end may be another system's.
std::optional<IpAddress> name_server_of(std::string_view line) {
    const auto words = split_words(cut_off(line, '\r'));
    const bool names = words.size() > 1 && words[0] == "nameserver";
    return names ? parse_address(words[1]) : std::nullopt;
}

} // namespace

bool may_administer_network() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
    // The capability counts where the network belongs to this user namespace, or to one in it; of
    // others the kernel does not say whose they are (ioctl_ns(2): EPERM).
    const UniqueFd network{::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)};
    const UniqueFd owner{network ? ::ioctl(network.get(), NS_GET_USERNS) : -1};
    return owner && ::syscall(SYS_capget, &header, sets.data()) == 0 &&
           (sets[0].effective & (1U << CAP_NET_ADMIN)) != 0;
}

bool forwards_packets(Family family) {
    return read_file_or(family == Family::ipv4 ? "/proc/sys/net/ipv4/ip_forward"
                                               : "/proc/sys/net/ipv6/conf/all/forwarding",
                        "0")
        .starts_with('1');
}

/// A line: destination, its length, source, its length, next hop, metric, …, interface.
bool has_default_route6() {
    const auto text = read_file_or("/proc/net/ipv6_route", "");
    for (std::string_view rest = text; !rest.empty();) {
        const auto line = cut_off(rest, '\n');
        if (line.starts_with("00000000000000000000000000000000 00 ") &&
            line.substr(line.rfind(' ') + 1) != "lo") {
            return true;
        }
    }
    return false;
}

std::vector<IpAddress> name_servers_of_host(bool ipv6) {
    std::vector<IpAddress> servers;
    for (const char* file : {"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"}) {
        const auto text = read_file_or(file, "");
        for (std::string_view rest = text; servers.size() < 3 && !rest.empty();) {
            const auto address = name_server_of(cut_off(rest, '\n'));
            if (address && !is_near(*address) && (ipv6 || address->family == Family::ipv4)) {
                servers.push_back(*address);
            }
        }
        if (!servers.empty()) {
            break;
        }
    }
    return servers;
}

} // namespace netlab
