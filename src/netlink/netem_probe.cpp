#include "netlink/netem_probe.h"

#include "netlink/attribute.h"
#include "netlink/link_requests.h"
#include "netlink/netem_attributes.h"
#include "netlink/qdisc_requests.h"
#include "netlink/socket.h"

#include <cmath>
#include <limits>
#include <optional>

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

namespace netlab {

namespace {

constexpr int lo = 1;
// As of now an interface of that name would be netlab's own, from a probe that was killed.
constexpr std::string_view scratch = "netem-probe";
constexpr std::uint32_t mtu = 1500;
constexpr std::uint64_t seed = 0x6e65'746c'6162;

/// What the probe wants to know of a root qdisc.
struct RootQdisc {
    std::string kind;
    bool by_default = false; ///< nobody asked for it
    bool remembers_seed = false;
};

RootQdisc view_of(const nlmsghdr& message, const tcmsg& header) {
    RootQdisc qdisc;
    qdisc.kind = text_of(find_attribute(message, sizeof header, TCA_KIND));
    qdisc.by_default = header.tcm_handle == 0;
    const nlattr* options = find_attribute(message, sizeof header, TCA_OPTIONS);
    if (qdisc.kind == "netem" && options != nullptr &&
        mnl_attr_get_payload_len(options) >= sizeof(tc_netem_qopt)) {
        // The attributes stand behind a fixed structure.
        const auto* begin = static_cast<const char*>(mnl_attr_get_payload(options));
        qdisc.remembers_seed =
            find_attribute(begin + sizeof(tc_netem_qopt), begin + mnl_attr_get_payload_len(options),
                           netem_prng_seed) != nullptr;
    }
    return qdisc;
}

std::optional<RootQdisc> root_qdisc_of(Socket& socket, int index) {
    Batch request;
    request.begin(RTM_GETQDISC, NLM_F_DUMP, 0, tcmsg{});
    std::optional<RootQdisc> found;
    socket.dump(request, [&](const nlmsghdr& message) {
        if (message.nlmsg_type != RTM_NEWQDISC ||
            mnl_nlmsg_get_payload_len(&message) < sizeof(tcmsg)) {
            return;
        }
        const auto& header = *static_cast<const tcmsg*>(mnl_nlmsg_get_payload(&message));
        if (header.tcm_ifindex == index && header.tcm_parent == TC_H_ROOT) {
            found = view_of(message, header);
        }
    });
    return found;
}

/// Gives an interface without a qdisc a netem for a moment.
NetemAbility try_on(Socket& socket, int index) {
    Impairment impairment;
    impairment.seed = seed;
    Batch batch;
    replace_netem(batch, 0, index, impairment, mtu);
    try {
        socket.execute(batch);
    } catch (const RequestError& error) {
        if (tells_of_no_netem(error.code())) {
            return {false, false, error.what()};
        }
        throw;
    }
    const auto qdisc = root_qdisc_of(socket, index);
    batch.clear();
    delete_root_qdisc(batch, 0, index);
    socket.execute(batch);
    return {true, qdisc && qdisc->remembers_seed, {}};
}

NetemAbility try_on_scratch_interface(Socket& socket) {
    Batch batch;
    new_veth(batch, 0, {.name = scratch}, {.name = "netem-probe2"});
    socket.execute(batch);
    const int index = static_cast<int>(::if_nametoindex(scratch.data()));
    NetemAbility ability = try_on(socket, index);
    batch.clear();
    delete_link(batch, 0, index);
    socket.execute(batch);
    return ability;
}

/// netem counts whole bytes in a second. Near 100 bits that is another rate.
std::string refuses_rate(Rate rate) {
    const auto asked = static_cast<double>(rate.bits_per_second());
    const Rate possible{netem_bytes_per_second(rate) * 8};
    constexpr double tolerance = 0.02;
    if (std::abs(static_cast<double>(possible.bits_per_second()) - asked) <= tolerance * asked) {
        return {};
    }
    return "netem has rates in whole bytes a second, and would make " + to_string(possible) +
           " of " + to_string(rate);
}

/// As netem_refuses, for what has a seed and chance in it.
std::string refuses_seed(const NetemAbility& ability, const Impairment& impairment) {
    if (!ability.seed) {
        return "this kernel's netem has no seed (Linux 6.6 has)";
    }
    // Both begin with a random number of their own.
    if (impairment.correlation || impairment.corrupt) {
        return "netem's seed does not reach its correlation and its corruption";
    }
    return {};
}

NetemAbility try_beside_what_is_there(Socket& socket) {
    const auto present = root_qdisc_of(socket, lo);
    if (present && present->kind == "netem") {
        return {true, present->remembers_seed, {}};
    }
    if (present && !present->by_default) {
        return try_on_scratch_interface(socket);
    }
    return try_on(socket, lo);
}

} // namespace

bool tells_of_no_netem(const std::error_code& error) {
    // ENOENT, "Specified qdisc kind is unknown" (6.8 and later) or nothing more: no netem.
    // EOPNOTSUPP: no qdiscs at all (no CONFIG_NET_SCHED). EPERM: not for us.
    return error == std::errc::no_such_file_or_directory ||
           error == std::errc::operation_not_supported ||
           error == std::errc::operation_not_permitted;
}

NetemAbility try_netem() {
    Socket socket;
    try {
        return try_beside_what_is_there(socket);
    } catch (const RequestError& error) {
        if (tells_of_no_netem(error.code())) {
            return {false, false, error.what()};
        }
        throw;
    }
}

std::string netem_refuses(const NetemAbility& ability, const Impairment& impairment) {
    if (!ability.netem) {
        return "this kernel has no netem" +
               (ability.why.empty() ? std::string{} : " (" + ability.why + ")");
    }
    if (impairment.trace) {
        return "netem plays no traces";
    }
    // net/sched/sch_netem.c keeps the jitter in 31 bits and cuts what is longer without a word.
    if (impairment.jitter.count() > std::numeric_limits<std::int32_t>::max()) {
        return "netem's jitter is 2.147 s at most";
    }
    // It puts them at the head of its queue, whatever is being sent.
    if (impairment.reorder && impairment.rate) {
        return "netem's reordered frames pay no heed to its rate";
    }
    if (impairment.rate) {
        if (auto why = refuses_rate(*impairment.rate); !why.empty()) {
            return why;
        }
    }
    return impairment.seed && impairment.is_random() ? refuses_seed(ability, impairment) : "";
}

} // namespace netlab
