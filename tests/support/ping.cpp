#include "support/ping.h"

#include <chrono>

namespace netlab::test {

namespace {

/// /etc/hosts tells who has an address of which family. One packet to each and no second try: the
/// first one has to be answered. One fping asks all of a family, since a process for each pair
/// would be tens of thousands. Its patience is for a machine that runs other tests beside.
constexpr const char* ping_all = R"(
me=$(hostname)
for family in 4 6; do
    ip -$family -o address show scope global | grep -q . || continue
    names=
    while read -r address name rest; do
        case $address in '#'* | '' | 127.* | ::1 | f[ef]0*) continue ;; esac
        case $family$address in 4*:* | 6*.*) continue ;; esac
        case $name in "$me" | localhost | ip6-*) continue ;; esac
        case $name in $1) names="$names $name" ;; esac
    done </etc/hosts
    [ -z "$names" ] || fping -$family -u -r 0 -t 10000 -i 20 $names 2>&1 |
        sed "s/^/no IPv$family answer to $me from /"
done
)";

} // namespace

std::string unreached(const LabUnderTest& lab, const std::string& from, const std::string& to) {
    auto patient = lab.workshop().setting();
    patient.patience = std::chrono::seconds{180}; // many nodes, on the second kernel
    const auto ended = lab.workshop().netlab(
        {"exec", "--lab", lab.name(), from, "--", "sh", "-c", ping_all, "ping", to}, patient);
    return ended.code == 0
               ? ended.out + ended.err
               : "exit code " + std::to_string(ended.code) + "\n" + ended.out + ended.err;
}

} // namespace netlab::test
