#include "lab/roll_call.h"
#include "lab/start_channel.h"
#include "support/catch.h"
#include "support/lab_under_test.h"

#include <array>

#include <fcntl.h>
#include <unistd.h>

namespace netlab::test {

namespace {

using namespace std::chrono_literals;
using Kind = Report::Kind;
using Subject = Report::Subject;

/// What a roll call of two nodes, the second of which has one set-up command, makes of reports.
std::string heard(const std::vector<Report>& reports, Kind awaited = Kind::tuned) {
    Plan plan;
    plan.nodes.resize(2);
    plan.nodes[0].name = "h1";
    plan.nodes[1].name = "h2";
    plan.nodes[1].exec.push_back({{"false"}, {}});
    Lab lab{plan};
    lab.nodes.resize(2);
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    const UniqueFd reading{ends[0]};
    const UniqueFd writing{ends[1]};
    const auto channel = StartChannel::open();
    for (const auto& report : reports) {
        send_report(writing.get(), report);
    }
    try {
        RollCall{lab, reading, channel.supervisor}.wait_for(awaited, 0s, [](std::size_t) {});
        return "all";
    } catch (const std::exception& error) {
        return error.what();
    }
}

constexpr const char* nobody = "a report came that no node of this lab sends";

} // namespace

TEST_CASE("reports are heard of nodes of the lab, in their order, once each") {
    const Report first{0, Kind::tuned, Subject::root, 0, {}};
    const Report second{1, Kind::tuned, Subject::root, 0, {}};
    CHECK(heard({first, second}) == "all");
    CHECK(heard({second, first, {0, Kind::prepared, Subject::root, 0, {}}}) == "all");
    CHECK(heard({first}).find("node h2 was not ready") == 0);
    CHECK(heard({first, first}) == nobody);
    CHECK(heard({{2, Kind::tuned, Subject::root, 0, {}}}) == nobody);
    CHECK(heard({{0xffffffff, Kind::failed, Subject::root, 0, {}}}) == nobody);
    CHECK(heard({{0, Kind::ready, Subject::root, 0, {}}}, Kind::ready) == nobody);
}

TEST_CASE("a failure is heard of what a node has, and of nothing else") {
    CHECK(heard({{1, Kind::failed, Subject::command, 0, "was bad"}}) ==
          "node h2: set-up command 'false' was bad");
    CHECK(heard({{0, Kind::failed, Subject::root, 7, "was bad"}}) == "node h1: was bad");
    CHECK(heard({{1, Kind::failed, Subject::command, 1, {}}}) == nobody);
    CHECK(heard({{0, Kind::failed, Subject::command, 0, {}}}) == nobody);
    CHECK(heard({{1, Kind::failed, Subject::sysctl, 0xffffffff, {}}}) == nobody);
    CHECK(heard({{1, Kind::failed, Subject::service, 0, {}}}) == nobody);
}

// h1:eth0 --- eth0:h2
TEST_CASE("what runs in a node cannot speak to the supervisor in the place of a node's PID 1") {
    const Workshop workshop;
    // Both run before the lab is up; what they leave behind also when it is just so.
    const LabUnderTest lab{workshop, R"({ "nodes": {
        "h1": { "exec": [
            "sh -c 'while :; do for f in /proc/1/fd/[3-9]*; do printf x >$f && touch /tmp/wrote; done; done' >/dev/null 2>&1 &",
            "! readlink /proc/1/fd/3", "! printf '\\377\\377\\377\\017\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\0\\0' >/proc/1/fd/3",
            "! cat /proc/1/mem", "! readlink /proc/1/ns/net" ] },
        "h2": { "exec": ["sleep 0.5"] } }, "links": [["h1", "h2"]] })"};
    CHECK(lab.sh("h1", "test -e /tmp/wrote").code == 1);
    CHECK(lab.says("h1", "ls -l /proc/1/fd | grep -c -e pipe -e socket; test -r /proc/1/ns/net") ==
          "0");
}

} // namespace netlab::test
