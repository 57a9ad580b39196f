#include "lab/limit_check.h"
#include "support/catch.h"

namespace netlab::test {

namespace {

Plan plan_of(std::size_t nodes) {
    Plan plan;
    plan.name = "large";
    plan.nodes.resize(nodes);
    return plan;
}

std::string refusal(const Plan& plan, const HostLimit& limit) {
    try {
        check_limits(plan, {limit});
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

/// A switch with `hosts` hosts in one subnet.
Plan star(std::size_t hosts) {
    auto plan = plan_of(hosts + 1);
    for (std::size_t i = 1; i <= hosts; ++i) {
        const auto address = parse_interface_address("10.0.0.0/16")->address.plus(i);
        plan.nodes[i].interfaces.resize(1);
        plan.nodes[i].interfaces[0].addresses = {{address, 16}};
        plan.nodes[0].interfaces.emplace_back();
        LinkPlan link;
        link.ends = {{node_id(0), static_cast<std::uint32_t>(i - 1)}, {node_id(i), 0}};
        plan.links.push_back(link);
    }
    return plan;
}

} // namespace

TEST_CASE(
    "a lab just within a limit passes, one beyond it is refused with both numbers and a cure") {
    const HostLimit limit{Resource::processes, "kernel.pid_max", 100, 51, "raise it"};
    CHECK(refusal(plan_of(50), limit) == "");
    CHECK(refusal(plan_of(51), limit) ==
          "lab large is too large for this host: it needs 52 processes, and kernel.pid_max allows "
          "100, of which 51 are left (raise it)");
}

TEST_CASE("memory is reckoned in MiB, from what an idle node takes") {
    const HostLimit limit{Resource::memory, "memory", 2U << 30U, 1U << 30U, "add some"};
    CHECK(refusal(plan_of(1000), limit) == "");
    CHECK(refusal(plan_of(10'000), limit)
              .find("it needs about 4394 MiB of memory, and memory allows 2048 MiB, of "
                    "which 1024 MiB are left (add some)") != std::string::npos);
}

TEST_CASE("the host's limits can be read, by anybody, and none of them is over") {
    const auto limits = host_limits();
    CHECK(limits.size() >= 10);
    for (const auto& limit : limits) {
        INFO(limit.name);
        CHECK(limit.left > 0);
        CHECK(limit.left <= limit.most);
        CHECK_FALSE(limit.cure.empty());
    }
    check_limits(plan_of(1), limits);
}

TEST_CASE("a lab whose nodes may know more neighbours than the machine's table holds is told so") {
    CHECK(neighbour_warning(star(10), 90) == "");
    CHECK(neighbour_warning(star(10), 0) == "");
    const auto warning = neighbour_warning(star(10), 89);
    CHECK(warning.find("90 entries") != std::string::npos);
    CHECK(warning.find("gc_thresh3=180") != std::string::npos);
}

} // namespace netlab::test
