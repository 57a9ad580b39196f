#include "netlink/netem_probe.h"
#include "netlink/one_way_line.h"
#include "netlink/qdisc_requests.h"
#include "support/catch.h"

#include <cmath>

using namespace netlab;
using namespace netlab::test;

// What netem was told, with tc's eyes. In all of these: here:eth0 --- there:eth0, shaped here.

namespace {

/// tc prints six digits.
bool near(const nlohmann::json& value, double expected) {
    return std::abs(value.get<double>() - expected) <= 1e-5 * expected;
}

} // namespace

TEST_CASE("every property arrives in netem as tc would have said it") {
    OneWayLine line;
    line.shape({{"delay", "20ms"},
                {"jitter", "2ms"},
                {"distribution", "normal"},
                {"loss", "0.5%"},
                {"duplicate", "1%"},
                {"corrupt", "2%"},
                {"reorder", "25%"},
                {"correlation", "30%"},
                {"rate", "10mbit"},
                {"queue", "50"}});
    const auto options = line.options();
    INFO(options.dump(2));
    CHECK(near(options.at("delay").at("delay"), 0.020));
    CHECK(near(options.at("delay").at("jitter"), 0.002));
    CHECK(near(options.at("delay").at("correlation"), 0.30));
    CHECK(near(options.at("loss-random").at("loss"), 0.005));
    CHECK(near(options.at("loss-random").at("correlation"), 0.30));
    CHECK(near(options.at("duplicate").at("duplicate"), 0.01));
    CHECK(near(options.at("corrupt").at("corrupt"), 0.02));
    CHECK(near(options.at("reorder").at("reorder"), 0.25));
    CHECK(options.at("gap") == 1);
    CHECK(options.at("rate").at("rate") == 1'250'000);
    CHECK(options.at("limit") == netem_limit(impairment_of({{"delay", "20ms"},
                                                            {"jitter", "2ms"},
                                                            {"distribution", "normal"},
                                                            {"rate", "10mbit"},
                                                            {"queue", "50"}}),
                                             OneWayLine::mtu));
}

// tc's JSON has whole microseconds of the scheduler's ticks of 64 ns, not netem's nanoseconds.
TEST_CASE("a delay of microseconds arrives, and one of a minute") {
    OneWayLine line;
    line.shape({{"delay", "10us"}});
    const double shown = line.options().at("delay").at("delay");
    CHECK(shown <= 10e-6);
    CHECK(shown > 8.9e-6);
    line.shape({{"delay", "60s"}, {"jitter", "2s"}});
    CHECK(near(line.options().at("delay").at("delay"), 60));
    CHECK(near(line.options().at("delay").at("jitter"), 2));
}

TEST_CASE("a rate above 34 Gbit/s, which 32 bits do not hold, comes and goes") {
    OneWayLine line;
    line.shape({{"rate", "100gbit"}});
    CHECK(line.options().at("rate").at("rate") == 12'500'000'000);
    line.shape({{"rate", "40gbit"}});
    CHECK(line.options().at("rate").at("rate") == 5'000'000'000);
    line.shape({{"rate", "1mbit"}});
    CHECK(line.options().at("rate").at("rate") == 125'000);
}

TEST_CASE("loss in bursts is a Gilbert-Elliott model whose bad state loses all") {
    OneWayLine line;
    line.shape({{"loss", "p=1%,r=20%"}});
    const auto options = line.options();
    INFO(options.dump(2));
    const auto& model = options.at("loss-gemodel");
    CHECK(near(model.at("p"), 0.01));
    CHECK(near(model.at("r"), 0.20));
    CHECK(near(model.at("1-h"), 1));
    CHECK(near(model.at("1-k"), 0));
}

TEST_CASE("nothing is left over from before when a property is not asked for again") {
    OneWayLine line;
    line.shape({{"delay", "20ms"},
                {"jitter", "5ms"},
                {"loss", "p=1%,r=20%"},
                {"duplicate", "1%"},
                {"corrupt", "2%"},
                {"reorder", "25%"},
                {"correlation", "30%"},
                {"rate", "100gbit"}});
    // What netlab never says, said by hand.
    REQUIRE(shell("tc qdisc change dev eth0 root netem ecn loss 1% slot 1ms").code == 0);
    line.shape({});
    auto options = line.options();
    INFO(options.dump(2));
    CHECK(options.at("limit") == 10'000);
    options.erase("limit");
    CHECK(options == nlohmann::json{{"ecn", false}, {"gap", 0}});
}

TEST_CASE("another qdisc is replaced, and netem is taken away again") {
    OneWayLine line;
    REQUIRE(shell("tc qdisc add dev eth0 root tbf rate 1mbit burst 10k latency 50ms").code == 0);
    CHECK(line.qdisc().kind == "tbf");
    line.shape({{"delay", "20ms"}});
    CHECK(line.qdisc().kind == "netem");
    carry_out(line.socket(), [](Batch& batch) { delete_root_qdisc(batch, 0, OneWayLine::eth0); });
    CHECK(line.qdisc().kind == "noqueue");
}

TEST_CASE("a refused request leaves the netem that was there as it was") {
    OneWayLine line;
    line.shape({{"delay", "20ms"}});
    const auto before = line.options();
    Batch batch;
    replace_netem(batch, 7, 12345, impairment_of({{"loss", "5%"}}), OneWayLine::mtu);
    CHECK_THROWS_AS(line.socket().execute(batch), RequestError);
    CHECK(line.options() == before);
}

TEST_CASE("the probe finds netem, on lo and beside a qdisc that is there, and leaves both alone") {
    Home home;
    CHECK(try_netem().netem);
    CHECK(try_netem().why.empty());
    CHECK(shell("tc qdisc show dev lo").output.find("netem") == std::string::npos);
    REQUIRE(shell("tc qdisc add dev lo root tbf rate 1mbit burst 10k latency 50ms").code == 0);
    CHECK(try_netem().netem);
    CHECK(shell("tc qdisc show dev lo").output.find("qdisc tbf") == 0);
    REQUIRE(shell("tc qdisc replace dev lo root netem delay 1ms").code == 0);
    CHECK(try_netem().netem);
    CHECK(shell("tc qdisc show dev lo").output.find("delay 1ms") != std::string::npos);
    CHECK(ip("link").size() == 1);
}
