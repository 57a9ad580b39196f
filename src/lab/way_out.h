#pragma once

#include "lab/host_nat.h"
#include "lab/uplink.h"
#include "plan/plan.h"
#include "sys/unique_fd.h"

#include <optional>
#include <string>

namespace netlab {

/// How the `internet` nodes of a lab reach the host's network: chosen and made by the command that
/// starts the lab, because only that is in the host's network namespace. As root it is a veth pair
/// and the kernel's NAT, where the host forwards; else slirp4netns(1), which needs no rights at
/// all. See docs/decisions/way-out.md.
class WayOut {
public:
    /// Looks at what the host can do and changes nothing. Throws LabError where it can do neither.
    explicit WayOut(const Plan& plan);

    /// The text of the nodes' /etc/resolv.conf.
    const std::string& resolv_conf() const { return resolv_conf_; }
    /// What a person may want to know of it; empty if there is none.
    const std::string& remark() const { return remark_; }

    /// Gives `node`, whose network namespace is `netns`, its uplink; the interface is there when
    /// this returns, its addresses are not. `supervisor` is the lab's PID 1. Throws LabError.
    Uplink open(const NodePlan& node, const UniqueFd& netns, const UniqueFd& supervisor);

private:
    void choose_slirp();

    const Plan& plan_;
    std::optional<HostNat> nat_;
    std::string slirp_; ///< path of slirp4netns, if that is the way
    IpPrefix slirp_subnet_;
    bool has_ipv6_ = false;
    std::string resolv_conf_;
    std::string remark_;
};

} // namespace netlab
