#include "packet/probe.h"
#include "packet/probe_pace.h"
#include "packet/probe_verdict.h"
#include "support/catch.h"
#include "support/world.h"
#include "sys/check.h"
#include "sys/scoped_netns.h"

#include <optional>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;

void done(const CommandResult& result) {
    INFO(result.output);
    REQUIRE(result.code == 0);
}

constexpr std::uint32_t run_number = 0x5eed5eed;

/// left:left0 (02:…:01) --- right:right0 (02:…:02), a veth pair between two network namespaces.
class Cable {
public:
    Cable() {
        done(shell("ip link add left0 address 02:00:00:00:00:01 netns " +
                   std::to_string(left.pid()) +
                   " type veth peer name right0 address 02:00:00:00:00:02 netns " +
                   std::to_string(right.pid())));
        done(shell_in(left, "ip link set left0 up"));
        done(shell_in(right, "ip link set right0 up"));
    }

    ProbeRun run() {
        open(ends_[0], left, "left0", {{2, 0, 0, 0, 0, 1}});
        open(ends_[1], right, "right0", {{2, 0, 0, 0, 0, 2}});
        return {*ends_[0], *ends_[1], run_number};
    }

    Neighbour left;
    Neighbour right;

private:
    static void open(std::optional<ProbeEnd>& end, const Neighbour& node, const std::string& name,
                     const MacAddress& mac) {
        const ScopedNetns there{node.pid()};
        end.emplace(name, run_number, mac);
    }

    std::array<std::optional<ProbeEnd>, 2> ends_;
};

constexpr ProbePace steady{1ms, 2s};

} // namespace

// left:left0 --- right:right0
TEST_CASE("on a veth pair every probe arrives once, undamaged and in order, in both directions") {
    Cable cable;
    for (const auto& seen : cable.run().probe({steady, steady}, 300ms)) {
        CHECK(seen.sent >= 5);
        CHECK(seen.arrived == seen.sent);
        CHECK(seen.lost == 0);
        CHECK(seen.duplicates == 0);
        CHECK(seen.damaged == 0);
        CHECK(seen.overtaking == 0);
        CHECK(seen.median >= 0ms);
        CHECK(seen.median < 1s);
    }
}

// left:left0 --- right:right0, a port of a bridge
TEST_CASE("a bridge's port is probed like any other end, and the bridge hands nothing on") {
    Cable cable;
    done(shell_in(
        cable.right,
        "ip link add bridge0 type bridge && ip link set right0 master bridge0 && ip link set "
        "bridge0 up && "
        "ip link add port0 type veth peer name aside0 && ip link set port0 master bridge0 && "
        "ip link set port0 up && ip link set aside0 up"));
    std::optional<ProbeSocket> bystander;
    {
        const ScopedNetns there{cable.right.pid()};
        bystander.emplace("aside0", run_number);
    }
    for (const auto& seen : cable.run().probe({steady, steady}, 300ms)) {
        CHECK(seen.sent >= 5);
        CHECK(seen.arrived == seen.sent);
        CHECK(seen.duplicates == 0);
    }
    int handed_on = 0;
    bystander->receive([&](const ProbeSighting&) { ++handed_on; });
    CHECK(handed_on == 0);
}

// left:left0 --- right:right0
TEST_CASE("a direction that is silent sends nothing") {
    Cable cable;
    auto run = cable.run();
    const auto seen = run.probe({steady, ProbePace{1ms, 2s, true}}, 100ms);
    CHECK(seen[0].sent >= 1);
    CHECK(seen[1].sent == 0);
}

// left:left0 --- right:right0, which takes nothing in
TEST_CASE("probes that do not arrive are lost, and waited for no longer than was said") {
    Cable cable;
    auto run = cable.run();
    done(shell_in(cable.left, "tc qdisc add dev left0 root tbf rate 8bit burst 10 limit 1"));
    const auto seen = run.probe({ProbePace{1ms, 100ms}, steady}, 200ms);
    CHECK(seen[0].sent >= 5);
    CHECK(seen[0].arrived == 0);
    CHECK(seen[0].lost == seen[0].sent);
    CHECK(seen[0].bursts == 1);
    CHECK(seen[1].lost == 0);
}

// left:left0 --- right:right0, behind a token bucket that others wrote
TEST_CASE("a flood finds the rate of the kernel's token bucket") {
    Cable cable;
    auto run = cable.run();
    done(
        shell_in(cable.left, "tc qdisc add dev left0 root tbf rate 8mbit burst 1600 limit 150000"));
    Impairment asked;
    asked.rate = Rate::megabits(8);
    const auto pace = flood_pace(asked, 1500, 1s);
    const auto flood = run.flood(0, pace);
    CHECK(flood.bytes == 1514);
    CHECK(flood.arrived > 50);
    CHECK(flood.distinct == flood.arrived);
    const double rate = measured_rate(flood, {}, false);
    CHECK(rate < 8.2e6); // a busy machine makes it less, not more
    CHECK(rate > 2e6);
}

// left:left0 --- right:right0
TEST_CASE("a window keeps a flood without a known rate from filling the link") {
    Cable cable;
    auto run = cable.run();
    done(shell_in(cable.left,
                  "tc qdisc add dev left0 root tbf rate 8mbit burst 1600 limit 1500000"));
    FloodPace pace;
    pace.bytes = 1514;
    pace.window = 20;
    pace.time = 500ms;
    pace.patience = 5s;
    pace.quiet = 1s;
    const auto flood = run.flood(0, pace);
    CHECK(flood.arrived == flood.sent); // none was dropped, and all have come
    CHECK(flood.sent > 20);
    CHECK(flood.arrived_rate() < 8.4e6);
}

// left:left0 --- right:right0
TEST_CASE("frames of another measurement are not counted") {
    Cable cable;
    auto run = cable.run();
    std::optional<ProbeEnd> other;
    {
        const ScopedNetns there{cable.left.pid()};
        other.emplace("left0", run_number + 1, MacAddress{{2, 0, 0, 0, 0, 1}});
    }
    std::array<std::byte, probe_bytes> frame{};
    for (std::uint32_t i = 0; i < 20; ++i) {
        write_probe(frame, {{{2, 0, 0, 0, 0, 1}}, {{2, 0, 0, 0, 0, 2}}},
                    {run_number + 1, ProbeKind::probe, i, Duration{}});
        REQUIRE(other->socket.send(frame));
    }
    const auto seen = run.probe({steady, steady}, 100ms);
    CHECK(seen[0].arrived == seen[0].sent);
    CHECK(seen[0].duplicates == 0);
    CHECK(seen[0].damaged == 0);
}

TEST_CASE("a probe on an interface that is not there, or is down, is refused in words") {
    const Neighbour node;
    const ScopedNetns there{node.pid()};
    try {
        const ProbeSocket nowhere{"nothing", 1};
        FAIL("an interface that is not there was opened");
    } catch (const std::system_error& error) {
        CHECK(std::string{error.what()}.find("find interface nothing") != std::string::npos);
    }
    const ProbeSocket socket{"lo", 1}; // down, in a new network namespace
    const std::array<std::byte, probe_bytes> frame{};
    CHECK_THROWS_AS(socket.send(frame), std::system_error);
}

} // namespace netlab::test
