#include "netlink/readiness.h"

#include "netlink/attribute.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <linux/if.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

namespace netlab {

namespace {

/// What of an interface decides whether it is waited for. The texts are in the message it was read
/// from.
struct LinkView {
    int index = 0;
    std::string_view name;
    std::string_view kind;
    bool operational = false;
    std::uint32_t master = 0;
    std::optional<std::uint8_t> port_state;
};

LinkView view_of(const nlmsghdr& message) {
    const auto& header = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
    const auto attribute = [&](std::uint16_t type) {
        return find_attribute(message, sizeof header, type);
    };
    const nlattr* info = attribute(IFLA_LINKINFO);
    LinkView link;
    link.index = header.ifi_index;
    link.name = text_of(attribute(IFLA_IFNAME));
    link.kind = text_of(find_attribute(info, IFLA_INFO_KIND));
    link.operational = (header.ifi_flags & IFF_UP) != 0 &&
                       byte_of(attribute(IFLA_OPERSTATE), IF_OPER_UNKNOWN) == IF_OPER_UP;
    link.master = word_of(attribute(IFLA_MASTER), 0);
    if (text_of(find_attribute(info, IFLA_INFO_SLAVE_KIND)) == "bridge") {
        const nlattr* port = find_attribute(info, IFLA_INFO_SLAVE_DATA);
        link.port_state = byte_of(find_attribute(port, IFLA_BRPORT_STATE), BR_STATE_DISABLED);
    }
    return link;
}

bool passes_packets(const LinkView& link) {
    return link.operational && (!link.port_state || *link.port_state == BR_STATE_FORWARDING ||
                                *link.port_state == BR_STATE_BLOCKING);
}

/// Goes through the interfaces once and remembers what cannot be judged before the last of them.
class Survey {
public:
    explicit Survey(const std::vector<int>& down_on_purpose) : down_on_purpose_(down_on_purpose) {}

    void add(const LinkView& link) {
        // Other kinds are not netlab's: a kernel with tunnel modules puts sit0, tunl0 and their
        // like, all down, into every new namespace.
        const bool bridge = link.kind == "bridge";
        if ((!bridge && link.kind != "veth" && link.kind != "tun") || on_purpose(link.index)) {
            return;
        }
        if (link.master != 0) {
            bridges_with_ports_.push_back(static_cast<int>(link.master));
        }
        if (!passes_packets(link)) {
            waiting_for_.push_back({link.index, std::string{link.name}, bridge});
        }
    }

    struct Waiting {
        int index;
        std::string name;
        bool bridge;
    };

    /// What does not pass packets yet.
    std::vector<Waiting> result() && {
        std::erase_if(waiting_for_, [&](const Waiting& link) {
            return link.bridge && std::find(bridges_with_ports_.begin(), bridges_with_ports_.end(),
                                            link.index) == bridges_with_ports_.end();
        });
        return std::move(waiting_for_);
    }

private:
    bool on_purpose(int index) const {
        return std::find(down_on_purpose_.begin(), down_on_purpose_.end(), index) !=
               down_on_purpose_.end();
    }

    const std::vector<int>& down_on_purpose_;
    std::vector<Waiting> waiting_for_;
    std::vector<int> bridges_with_ports_;
};

/// The interfaces that do not pass packets yet; nullopt if they changed while they were read.
std::optional<std::vector<Survey::Waiting>> survey(Socket& socket,
                                                   const std::vector<int>& down_on_purpose) {
    Batch request;
    request.begin(RTM_GETLINK, NLM_F_DUMP, 0, ifinfomsg{});
    request.put(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
    Survey survey{down_on_purpose};
    const bool consistent = socket.dump(request, [&](const nlmsghdr& message) {
        if (message.nlmsg_type == RTM_NEWLINK &&
            mnl_nlmsg_get_payload_len(&message) >= sizeof(ifinfomsg)) {
            survey.add(view_of(message));
        }
    });
    return consistent ? std::optional{std::move(survey).result()} : std::nullopt;
}

// The kernel works off its link events 100 at once, then 200 in a second. Since Linux 6.8 a
// question for one interface makes it handle that one's event before it answers.
void hurry(Socket& socket, const std::vector<Survey::Waiting>& links) {
    Batch questions;
    for (const auto& link : links) {
        ifinfomsg header{};
        header.ifi_index = link.index;
        questions.begin(RTM_GETLINK, 0, 0, header);
        questions.put(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
    }
    try {
        socket.execute(questions);
    } catch (const RequestError& error) {
        // One of them went away meanwhile; the next survey will not find it.
        if (error.code() != std::errc::no_such_device) {
            throw;
        }
    }
}

} // namespace

bool carrier_noted(Socket& socket, int index) {
    ifinfomsg header{};
    header.ifi_index = index;
    Batch question;
    question.begin(RTM_GETLINK, 0, 0, header);
    question.put(IFLA_EXT_MASK, std::uint32_t{RTEXT_FILTER_SKIP_STATS});
    bool noted = true;
    try {
        socket.dump(question, [&](const nlmsghdr& message) {
            if (message.nlmsg_type == RTM_NEWLINK &&
                mnl_nlmsg_get_payload_len(&message) >= sizeof header) {
                const auto& link = *static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(&message));
                const bool carrier =
                    byte_of(find_attribute(message, sizeof header, IFLA_CARRIER), 0) != 0;
                noted = (link.ifi_flags & IFF_UP) == 0 || !carrier || view_of(message).operational;
            }
        });
    } catch (const RequestError& error) {
        if (error.code() != std::errc::no_such_device) {
            throw;
        }
    }
    return noted;
}

LinkReadiness links_ready(Socket& socket, const std::vector<int>& down_on_purpose) {
    auto waiting = survey(socket, down_on_purpose);
    if (waiting && !waiting->empty()) {
        hurry(socket, *waiting);
        waiting = survey(socket, down_on_purpose);
    }
    if (!waiting) {
        return {false, "changes that are under way"};
    }
    return {waiting->empty(), waiting->empty() ? "" : waiting->front().name};
}

} // namespace netlab
