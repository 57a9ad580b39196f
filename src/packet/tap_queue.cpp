#include "packet/tap_queue.h"

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <array>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

namespace netlab {

namespace {

constexpr std::uint16_t acknowledged = NLM_F_REQUEST | NLM_F_ACK;

// Two requests only; the room of netlink, with its batches, is on this floor too.
struct LengthRequest {
    nlmsghdr header{sizeof(LengthRequest), RTM_NEWLINK, acknowledged, 1, 0};
    ifinfomsg link{};
    rtattr attribute{RTA_LENGTH(sizeof(std::uint32_t)), IFLA_TXQLEN};
    std::uint32_t length = 0;
};

struct QdiscRequest {
    nlmsghdr header{sizeof(QdiscRequest), RTM_NEWQDISC, acknowledged | NLM_F_CREATE | NLM_F_REPLACE,
                    1, 0};
    tcmsg qdisc{};
    rtattr attribute{RTA_LENGTH(sizeof(kind)), TCA_KIND};
    std::array<char, 8> kind{'n', 'o', 'q', 'u', 'e', 'u', 'e', '\0'};
};

static_assert(sizeof(LengthRequest) == NLMSG_SPACE(sizeof(ifinfomsg)) + RTA_SPACE(4));
static_assert(sizeof(QdiscRequest) == NLMSG_SPACE(sizeof(tcmsg)) + RTA_SPACE(8));

struct Answer {
    nlmsghdr header{};
    nlmsgerr error{};
};

template <class Request>
void carry_out(const UniqueFd& socket, const Request& request, const std::string& name) {
    check(::send(socket.get(), &request, sizeof request, 0), "ask for the queue of {}", name);
    // The kernel carries it out within send(2), so the answer is there. It may be longer.
    Answer answer;
    check(::recv(socket.get(), &answer, sizeof answer, MSG_DONTWAIT | MSG_TRUNC),
          "hear of the queue of {}", name);
    if (answer.error.error != 0) {
        throw_errno(-answer.error.error, "give " + name + " its queue");
    }
}

} // namespace

void set_queue(const std::string& name, std::uint32_t length) {
    const UniqueFd socket{
        check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), "make a socket")};
    const auto index = static_cast<int>(::if_nametoindex(name.c_str()));
    LengthRequest length_request;
    length_request.link.ifi_index = index;
    length_request.length = length;
    carry_out(socket, length_request, name);
    QdiscRequest qdisc_request;
    qdisc_request.qdisc.tcm_ifindex = index;
    qdisc_request.qdisc.tcm_parent = TC_H_ROOT;
    carry_out(socket, qdisc_request, name);
}

} // namespace netlab
