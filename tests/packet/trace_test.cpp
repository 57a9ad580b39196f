#include "packet/direction.h"
#include "support/catch.h"

#include <memory>

namespace netlab::test {

using namespace std::chrono_literals;

namespace {

constexpr Instant start{1000s};

Impairment traced(std::vector<std::uint32_t> milliseconds) {
    Impairment impairment;
    impairment.trace = {std::make_shared<const Trace>(Trace{"test.up", std::move(milliseconds)})};
    return impairment;
}

/// Milliseconds after the start at which a packet of `bytes` (Ethernet header not counted)
/// arrives that enters `entered` milliseconds after it.
double arrival(Direction& direction, double entered, std::size_t bytes) {
    const auto now = start + std::chrono::duration_cast<Duration>(
                                 std::chrono::duration<double, std::milli>(entered));
    const auto passage = direction.enter(now, 14 + bytes);
    REQUIRE(passage.fate == Passage::Fate::arrives);
    return std::chrono::duration<double, std::milli>(passage.arrival - start).count();
}

Direction shaped(const Impairment& impairment) {
    Direction direction{start, 0};
    direction.shape(impairment, 1, start);
    return direction;
}

} // namespace

TEST_CASE("a trace delivers a full packet at each opportunity, and begins anew after its last") {
    auto direction = shaped(traced({0, 5, 5, 20}));
    for (const double expected : {0., 5., 5., 20., 20., 25., 25., 40., 40., 45.}) {
        CHECK(arrival(direction, 0, 1500) == expected);
    }
}

TEST_CASE("an opportunity that nobody waits for is gone") {
    auto direction = shaped(traced({5, 10, 20}));
    CHECK(arrival(direction, 6, 1500) == 10);
    CHECK(arrival(direction, 20, 1500) == 20);   // the last of a round
    CHECK(arrival(direction, 20.1, 1500) == 25); // 5 ms into the second
    CHECK(arrival(direction, 1'000'000.5, 1500) == 1'000'005);
}

TEST_CASE("small packets share an opportunity while they fit into it") {
    auto direction = shaped(traced({10}));
    for (int i = 0; i < 3; ++i) {
        CHECK(arrival(direction, 0, 500) == 10);
    }
    CHECK(arrival(direction, 0, 500) == 20);
    CHECK(arrival(direction, 20, 1000) == 20); // what is left of the same moment
    CHECK(arrival(direction, 20, 1) == 30);
}

TEST_CASE("a packet larger than what is left goes on into the next opportunity") {
    auto direction = shaped(traced({10}));
    CHECK(arrival(direction, 0, 1000) == 10);
    CHECK(arrival(direction, 0, 1000) == 20);
    CHECK(arrival(direction, 0, 1000) == 20);
    CHECK(arrival(direction, 0, 9000) == 80);
}

TEST_CASE("a queue before a trace holds what no opportunity has begun to carry") {
    auto impairment = traced({10});
    impairment.queue = {QueueLimit::Unit::packets, 2};
    auto direction = shaped(impairment);
    CHECK(arrival(direction, 0, 1500) == 10);
    CHECK(arrival(direction, 0, 1500) == 20);
    CHECK(direction.enter(start, 1514).fate == Passage::Fate::dropped);
    CHECK(arrival(direction, 10, 1500) == 30);
    CHECK(direction.enter(start + 10ms, 1514).fate == Passage::Fate::dropped);
}

TEST_CASE("delay comes behind a trace, and other properties do not begin it anew") {
    auto impairment = traced({10});
    impairment.delay = 7ms;
    auto direction = shaped(impairment);
    CHECK(arrival(direction, 0, 1500) == 17);
    impairment.delay = 1ms;
    direction.shape(impairment, 1, start);
    CHECK(arrival(direction, 1, 1500) == 21);
    // Both wait, and go at the first two moments of the other trace.
    CHECK(direction.shape(traced({4}), 1, start + std::chrono::milliseconds{2}).size() == 2);
    CHECK(arrival(direction, 2, 1500) == 12);
    CHECK(arrival(direction, 2, 1500) == 16);
}

} // namespace netlab::test
