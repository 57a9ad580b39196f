#include "lab/carriage.h"
#include "lab/shaping.h"
#include "support/catch.h"

#include <stdexcept>

namespace netlab::test {

namespace {

/// Both directions with these properties.
BothWays<Impairment> both_ways(std::initializer_list<std::pair<const char*, const char*>> all) {
    Impairment impairment;
    for (const auto& [key, value] : all) {
        if (const auto refusal = set_property(impairment, key, value)) {
            throw std::runtime_error{refusal->message};
        }
    }
    return {impairment, impairment};
}

const Means both{{true, true, {}}, {}};
const Means netem_only{{true, true, {}}, "no TAP"};

CarriageChoice choice_of(const Means& means, Engine engine, const BothWays<Impairment>& entering) {
    return choose_carriage(means, engine, entering, 1500, Carriage::veth);
}

} // namespace

TEST_CASE("a line on which netem would starve small frames is our own wire's, if it may be") {
    const auto long_line = both_ways({{"rate", "1mbit"}, {"delay", "500ms"}, {"queue", "10"}});
    CHECK(choice_of(both, Engine::automatic, long_line).carriage == Carriage::wire);
    CHECK(choice_of(both, Engine::kernel, long_line).carriage == Carriage::netem);
    CHECK(choice_of(netem_only, Engine::automatic, long_line).carriage == Carriage::netem);
    CHECK(choice_of(netem_only, Engine::automatic, long_line).why_not.empty());
    const auto short_line = both_ways({{"rate", "1mbit"}, {"delay", "10ms"}});
    CHECK(choice_of(both, Engine::automatic, short_line).carriage == Carriage::netem);
}

TEST_CASE("where there is neither netem nor TAP nothing is shaped, and the reasons are told") {
    const Means neither{{false, false, "unknown qdisc"}, "no TAP"};
    const auto delayed = both_ways({{"delay", "5ms"}});
    for (const auto engine : {Engine::automatic, Engine::kernel, Engine::user}) {
        CHECK(!choice_of(neither, engine, delayed).why_not.empty());
        CHECK(!choice_of(neither, engine, delayed).hint.empty());
    }
    const auto why = choice_of(neither, Engine::automatic, delayed).why_not;
    CHECK(why == "this kernel has no netem (unknown qdisc), and no TAP");
    CHECK(choice_of(neither, Engine::automatic, {}).why_not.empty());
    CHECK(!choice_of(neither, Engine::user, {}).why_not.empty());
}

TEST_CASE("reordered frames with a rate, and odd rates, are our own wire's") {
    const auto reordered = both_ways({{"rate", "1mbit"}, {"delay", "5ms"}, {"reorder", "5%"}});
    CHECK(choice_of(both, Engine::automatic, reordered).carriage == Carriage::wire);
    CHECK(!choice_of(both, Engine::kernel, reordered).why_not.empty());
    CHECK(choice_of(both, Engine::automatic, both_ways({{"rate", "100bit"}})).carriage ==
          Carriage::wire);
}

TEST_CASE("frames are counted one by one wherever they may not have one fate together") {
    CHECK(!counts_frames(both_ways({{"delay", "20ms"}})));
    CHECK(counts_frames(both_ways({{"delay", "20ms"}, {"jitter", "2ms"}})));
    CHECK(counts_frames(both_ways({{"loss", "1%"}})));
    CHECK(counts_frames(both_ways({{"rate", "1mbit"}})));
}

} // namespace netlab::test
