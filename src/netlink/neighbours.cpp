#include "netlink/neighbours.h"

#include "netlink/attribute.h"

#include <cerrno>

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace netlab {

namespace {

constexpr std::uint16_t kept_states = NUD_PERMANENT | NUD_NOARP;

/// Adds the request that takes away what `message` tells of, if that is to go.
void add_removal(Batch& batch, const nlmsghdr& message) {
    if (message.nlmsg_type != RTM_NEWNEIGH || mnl_nlmsg_get_payload_len(&message) < sizeof(ndmsg)) {
        return;
    }
    const auto& entry = *static_cast<const ndmsg*>(mnl_nlmsg_get_payload(&message));
    const auto* address = find_attribute(message, sizeof entry, NDA_DST);
    const bool is_ip = entry.ndm_family == AF_INET || entry.ndm_family == AF_INET6;
    if (!is_ip || address == nullptr || (entry.ndm_state & kept_states) != 0) {
        return;
    }
    ndmsg header{};
    header.ndm_family = entry.ndm_family;
    header.ndm_ifindex = entry.ndm_ifindex;
    batch.begin(RTM_DELNEIGH, 0, 0, header);
    batch.put(NDA_DST,
              std::string_view{static_cast<const char*>(mnl_attr_get_payload(address)),
                               static_cast<std::size_t>(mnl_attr_get_payload_len(address))});
}

} // namespace

void forget_neighbours(Socket& socket) {
    Batch request;
    request.begin(RTM_GETNEIGH, NLM_F_DUMP, 0, ndmsg{});
    Batch removals;
    // A picture that is not consistent is as good: who comes meanwhile may stay.
    socket.dump(request, [&](const nlmsghdr& message) { add_removal(removals, message); });
    try {
        socket.execute(removals);
    } catch (const RequestError& error) {
        if (error.code().value() != ENOENT) { // gone by itself meanwhile
            throw;
        }
    }
}

} // namespace netlab
