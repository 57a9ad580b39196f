#include "netlink/snapshot.h"

#include "netlink/attribute.h"
#include "netlink/link_requests.h"

#include <algorithm>
#include <cstring>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

namespace netlab {

namespace {

// linux/if_addr.h since Linux 5.18.
constexpr std::uint16_t address_origin = 11;   // IFA_PROTO
constexpr std::uint8_t made_by_link_local = 3; // IFAPROT_KERNEL_LL

template <class Header>
const Header& header_of(const nlmsghdr& message) {
    return *static_cast<const Header*>(mnl_nlmsg_get_payload(&message));
}

const nlmsghdr& message_of(const std::vector<std::byte>& item) {
    return *reinterpret_cast<const nlmsghdr*>(item.data());
}

bool leads_over(const nlattr* multipath, int index) {
    if (multipath == nullptr) {
        return false;
    }
    const auto* at = static_cast<const char*>(mnl_attr_get_payload(multipath));
    const auto* end = at + mnl_attr_get_payload_len(multipath);
    while (end - at >= static_cast<std::ptrdiff_t>(sizeof(rtnexthop))) {
        const auto& hop = *reinterpret_cast<const rtnexthop*>(at);
        if (hop.rtnh_ifindex == index) {
            return true;
        }
        if (hop.rtnh_len < sizeof hop) {
            return false;
        }
        at += RTNH_ALIGN(hop.rtnh_len);
    }
    return false;
}

/// What a kernel says of a next hop's state is not to be said back to it.
std::string without_states(const nlattr* multipath) {
    std::string hops{static_cast<const char*>(mnl_attr_get_payload(multipath)),
                     mnl_attr_get_payload_len(multipath)};
    for (std::size_t at = 0; at + sizeof(rtnexthop) <= hops.size();) {
        rtnexthop hop{};
        std::memcpy(&hop, hops.data() + at, sizeof hop);
        hop.rtnh_flags &= RTNH_F_ONLINK;
        std::memcpy(hops.data() + at, &hop, sizeof hop);
        if (hop.rtnh_len < sizeof hop) {
            break;
        }
        at += RTNH_ALIGN(hop.rtnh_len);
    }
    return hops;
}

std::string_view payload_of(const nlattr* attribute) {
    return {static_cast<const char*>(mnl_attr_get_payload(attribute)),
            mnl_attr_get_payload_len(attribute)};
}

/// Calls `each` with every attribute behind a fixed header of `size` bytes.
template <class Each>
void for_each_attribute(const nlmsghdr& message, std::size_t size, const Each& each) {
    const auto* attribute =
        static_cast<const nlattr*>(mnl_nlmsg_get_payload_offset(&message, size));
    const auto* tail = static_cast<const char*>(mnl_nlmsg_get_payload_tail(&message));
    while (
        mnl_attr_ok(attribute, static_cast<int>(tail - reinterpret_cast<const char*>(attribute)))) {
        each(attribute);
        attribute = mnl_attr_next(attribute);
    }
}

void restore_address(Batch& batch, Tag tag, const nlmsghdr& message) {
    auto header = header_of<ifaddrmsg>(message);
    // Nobody else has taken the address in the moment that it was away.
    header.ifa_flags = IFA_F_NODAD;
    batch.begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, tag, header);
    for_each_attribute(message, sizeof header, [&](const nlattr* attribute) {
        const auto type = mnl_attr_get_type(attribute);
        if (type == IFA_FLAGS) {
            const auto flags = word_of(attribute, 0) & (IFA_F_NOPREFIXROUTE | IFA_F_HOMEADDRESS);
            batch.put(IFA_FLAGS, std::uint32_t{flags | IFA_F_NODAD});
        } else if (type != IFA_CACHEINFO) {
            batch.put(type, payload_of(attribute));
        }
    });
}

void restore_route(Batch& batch, Tag tag, const nlmsghdr& message) {
    auto header = header_of<rtmsg>(message);
    header.rtm_flags &= RTNH_F_ONLINK;
    batch.begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, tag, header);
    for_each_attribute(message, sizeof header, [&](const nlattr* attribute) {
        const auto type = mnl_attr_get_type(attribute);
        if (type == RTA_MULTIPATH) {
            batch.put(type, without_states(attribute));
        } else if (type != RTA_CACHEINFO) {
            batch.put(type, payload_of(attribute));
        }
    });
}

void restore_neighbour(Batch& batch, Tag tag, const nlmsghdr& message) {
    const auto header = header_of<ndmsg>(message);
    batch.begin(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, tag, header);
    for_each_attribute(message, sizeof header, [&](const nlattr* attribute) {
        const auto type = mnl_attr_get_type(attribute);
        if (type == NDA_DST || type == NDA_LLADDR) {
            batch.put(type, payload_of(attribute));
        }
    });
}

} // namespace

InterfaceSnapshot::InterfaceSnapshot(Socket& socket, int index) : index_(index) {
    read_link(socket);
    read_items(socket, RTM_GETADDR, RTM_NEWADDR);
    read_items(socket, RTM_GETNEIGH, RTM_NEWNEIGH);
    read_items(socket, RTM_GETROUTE, RTM_NEWROUTE);
}

void InterfaceSnapshot::read_link(Socket& socket) {
    Batch request;
    request.begin(RTM_GETLINK, NLM_F_DUMP, 0, ifinfomsg{});
    socket.dump(request, [&](const nlmsghdr& message) {
        const auto& header = header_of<ifinfomsg>(message);
        if (message.nlmsg_type == RTM_NEWLINK && header.ifi_index == index_) {
            up_ = (header.ifi_flags & IFF_UP) != 0;
            mtu_ = word_of(find_attribute(message, sizeof header, IFLA_MTU), 0);
            bridge_ =
                static_cast<int>(word_of(find_attribute(message, sizeof header, IFLA_MASTER), 0));
        }
    });
}

void InterfaceSnapshot::read_items(Socket& socket, std::uint16_t dump, std::uint16_t item) {
    constexpr int attempts = 5;
    const auto before = items_.size();
    for (int i = 0; i < attempts; ++i) {
        Batch request;
        if (dump == RTM_GETADDR) {
            request.begin(dump, NLM_F_DUMP, 0, ifaddrmsg{});
        } else if (dump == RTM_GETNEIGH) {
            request.begin(dump, NLM_F_DUMP, 0, ndmsg{});
        } else {
            request.begin(dump, NLM_F_DUMP, 0, rtmsg{});
        }
        items_.resize(before);
        const bool consistent = socket.dump(request, [&](const nlmsghdr& message) {
            if (message.nlmsg_type == item && belongs(message)) {
                const auto* bytes = reinterpret_cast<const std::byte*>(&message);
                items_.emplace_back(bytes, bytes + message.nlmsg_len);
            }
        });
        if (consistent) {
            return;
        }
    }
}

bool InterfaceSnapshot::belongs(const nlmsghdr& message) const {
    if (message.nlmsg_type == RTM_NEWADDR) {
        const auto& header = header_of<ifaddrmsg>(message);
        // The kernel gives every interface its link-local address by itself.
        return static_cast<int>(header.ifa_index) == index_ &&
               byte_of(find_attribute(message, sizeof header, address_origin), 0) !=
                   made_by_link_local;
    }
    if (message.nlmsg_type == RTM_NEWNEIGH) {
        const auto& header = header_of<ndmsg>(message);
        return header.ndm_ifindex == index_ && (header.ndm_state & NUD_PERMANENT) != 0 &&
               header.ndm_family != AF_BRIDGE;
    }
    const auto& header = header_of<rtmsg>(message);
    const bool set_by_somebody =
        header.rtm_protocol == RTPROT_BOOT || header.rtm_protocol == RTPROT_STATIC;
    const auto attribute = [&](std::uint16_t type) {
        return find_attribute(message, sizeof header, type);
    };
    return set_by_somebody && (header.rtm_flags & RTM_F_CLONED) == 0 &&
           (word_of(attribute(RTA_OIF), 0) == static_cast<std::uint32_t>(index_) ||
            leads_over(attribute(RTA_MULTIPATH), index_));
}

void InterfaceSnapshot::restore(Batch& batch, Tag tag) const {
    if (mtu_ != 0) {
        set_mtu(batch, tag, index_, mtu_);
    }
    if (bridge_ != 0) {
        set_master(batch, tag, index_, bridge_);
    }
    if (up_) {
        set_up(batch, tag, index_);
    }
    for (const auto& item : items_) {
        const auto& message = message_of(item);
        switch (message.nlmsg_type) {
        case RTM_NEWADDR:
            restore_address(batch, tag, message);
            break;
        case RTM_NEWNEIGH:
            restore_neighbour(batch, tag, message);
            break;
        default:
            restore_route(batch, tag, message);
            break;
        }
    }
}

} // namespace netlab
