#include "base/impairment.h"
#include "base/quantity.h"
#include "support/catch.h"

#include <algorithm>
#include <limits>
#include <random>

namespace netlab {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;
using Properties = std::vector<std::pair<std::string, std::string>>;

namespace {

Impairment impairment(const Properties& properties) {
    Impairment made;
    for (const auto& [key, text] : properties) {
        const auto wrong = set_property(made, key, text);
        INFO(key << " " << text);
        CHECK_FALSE(wrong);
    }
    return made;
}

/// `'delay' must be …`, or an empty string.
std::string refusal_of(const std::string& key, const std::string& text) {
    const auto before = impairment({{"delay", "7ms"}, {"rate", "7mbit"}, {"loss", "7%"}});
    auto after = before;
    const auto wrong = set_property(after, key, text);
    CHECK((after == before || !wrong));
    return wrong ? "'" + wrong->key + "' " + wrong->message : "";
}

std::string hint_of(const std::string& key, const std::string& text) {
    Impairment scratch;
    const auto wrong = set_property(scratch, key, text);
    return wrong ? wrong->hint : "";
}

/// The key at fault, or an empty string.
std::string at_fault(const Properties& properties) {
    const auto wrong = check_together(impairment(properties));
    return wrong ? wrong->key : "";
}

} // namespace

TEST_CASE("a percentage is exact to a hundred-millionth") {
    CHECK(parse_percentage("0.1%") == Percentage{100'000});
    CHECK(parse_percentage("0.000001%") == Percentage{1});
    CHECK(parse_percentage("100%") == Percentage{Percentage::whole});
    CHECK(parse_percentage("0%") == Percentage{});
    CHECK(Percentage{}.of_32_bits() == 0);
    CHECK(Percentage{Percentage::whole}.of_32_bits() == std::numeric_limits<std::uint32_t>::max());
    CHECK(Percentage{Percentage::whole / 2}.of_32_bits() == 0x80000000U);
    for (const auto* text : {"", "%", "1", "-1%", "+1%", "100.000001%", "101%", "1e2%", "1 %",
                             "0.0000001%", "1%%", ".5%", "5.%", "99999999999999999999%"}) {
        INFO(text);
        CHECK_FALSE(parse_percentage(text));
    }
}

TEST_CASE("a rate is bits in a second, in powers of a thousand") {
    CHECK(parse_rate("10mbit") == Rate::megabits(10));
    CHECK(parse_rate("1.5gbit") == Rate::megabits(1500));
    CHECK(parse_rate("64kbit") == Rate{64'000});
    CHECK(parse_rate("1tbit") == Rate{1'000'000'000'000});
    for (const auto* text : {"", "0bit", "0mbit", "10", "10Mbit", "10mbps", "10MB", "-1mbit",
                             "0.5bit", "mbit", "10 mbit", "9999999999tbit"}) {
        INFO(text);
        CHECK_FALSE(parse_rate(text));
    }
}

TEST_CASE("a frame takes its bits over the rate, rounded up to a nanosecond") {
    CHECK(Rate::megabits(10).time_of(1514) == 1'211'200ns);
    CHECK(Rate{3}.time_of(1) == 2'666'666'667ns);
    CHECK(Rate{100}.time_of(65'550) == 5'244s);
    CHECK(Rate{1'000'000'000'000}.time_of(64) == 1ns);
}

TEST_CASE("a queue is packets or bytes") {
    CHECK(parse_queue("50") == QueueLimit{QueueLimit::Unit::packets, 50});
    CHECK(parse_queue("64kB") == QueueLimit{QueueLimit::Unit::bytes, 64'000});
    CHECK(parse_queue("64KiB") == QueueLimit{QueueLimit::Unit::bytes, 65'536});
    CHECK(parse_queue("1.5MiB") == QueueLimit{QueueLimit::Unit::bytes, 1'572'864});
    CHECK(parse_queue("1500B") == QueueLimit{QueueLimit::Unit::bytes, 1500});
    for (const auto* text : {"", "0", "0B", "-1", "1.5", "50packets", "50p", "64kb", "1.0001kB"}) {
        INFO(text);
        // 1.0001 kB are 1000.1 bytes.
        CHECK_FALSE(parse_queue(text));
    }
}

TEST_CASE("every quantity's spelling reads back") {
    std::mt19937_64 random{7}; // NOLINT: the same every time
    for (int round = 0; round < 20'000; ++round) {
        const auto shift = random() % 40;
        const auto number = (random() >> (24 + shift)) + 1; // up to 2^40
        const Rate rate{std::min<std::uint64_t>(number, 1'000'000'000'000)};
        CHECK(parse_rate(to_string(rate)) == rate);
        const Percentage share{static_cast<std::uint32_t>(number % (Percentage::whole + 1))};
        CHECK(parse_percentage(to_string(share)) == share);
        for (const auto unit : {QueueLimit::Unit::packets, QueueLimit::Unit::bytes}) {
            CHECK(parse_queue(to_string(QueueLimit{unit, number})) == QueueLimit{unit, number});
        }
        const Duration duration{static_cast<Duration::rep>(number)};
        CHECK(parse_duration(to_string(duration)) == duration);
    }
    CHECK(to_string(Percentage{}) == "0%");
    CHECK(to_string(Percentage{100'000}) == "0.1%");
    CHECK(to_string(Percentage{Percentage::whole}) == "100%");
    CHECK(to_string(Rate{1'500'000'000}) == "1.5gbit");
    CHECK(to_string(Rate{64'000}) == "64kbit");
    CHECK(to_string(QueueLimit{QueueLimit::Unit::bytes, 65'536}) == "64KiB");
    CHECK(to_string(QueueLimit{QueueLimit::Unit::bytes, 64'000}) == "64kB");
}

TEST_CASE("properties are set by their words and spelled back in one order") {
    const Properties all{{"delay", "20ms"},
                         {"jitter", "2ms"},
                         {"loss", "0.5%"},
                         {"duplicate", "1%"},
                         {"corrupt", "0.01%"},
                         {"reorder", "25%"},
                         {"rate", "10mbit"},
                         {"queue", "50"},
                         {"correlation", "25%"},
                         {"distribution", "normal"},
                         {"seed", "18446744073709551615"}};
    const auto made = impairment(all);
    CHECK(properties_of(made) == all);
    CHECK(impairment(properties_of(made)) == made);
    Texts keys;
    for (const auto& [key, text] : all) {
        keys.push_back(key);
    }
    CHECK(impairment_keys() == keys);
    CHECK(to_string(impairment({{"rate", "10mbit"}, {"delay", "20ms"}})) ==
          "delay 20ms, rate 10mbit");
    CHECK(to_string(Impairment{}) == "perfect");
}

TEST_CASE("loss is random or comes in bursts, and the one takes the other's place") {
    auto made = impairment({{"loss", "5%"}, {"loss", "p=1%,r=20%"}});
    CHECK(made.loss == Loss{{}, GilbertElliott{Percentage{1'000'000}, Percentage{20'000'000}}});
    CHECK(properties_of(made) == Properties{{"loss", "p=1%,r=20%"}});
    CHECK_FALSE(set_property(made, "loss", "5%"));
    CHECK(made.loss == Loss{Percentage{5'000'000}, {}});
    CHECK(impairment({{"loss", "p=0%,r=20%"}}) == Impairment{});
    CHECK(refusal_of("loss", "p=1%,r=0%") == "'loss' with r=0% never comes to an end");
    for (const auto* text : {"p=1%", "p=1%,r=", "r=20%,p=1%", "p=1%,r=101%", "p=1,r=20",
                             "p=1%, r=20%", "p=1%,r=20%,h=1%", "1%,2%"}) {
        INFO(text);
        CHECK_FALSE(refusal_of("loss", text).empty());
    }
}

TEST_CASE("none takes a rate, a queue and a seed away, and zero the others") {
    CHECK(impairment({{"rate", "1mbit"},
                      {"queue", "5"},
                      {"seed", "0"},
                      {"rate", "none"},
                      {"queue", "none"},
                      {"seed", "none"}}) == Impairment{});
    CHECK(impairment({{"delay", "1ms"},
                      {"delay", "0ms"},
                      {"loss", "1%"},
                      {"loss", "0%"},
                      {"distribution", "pareto"},
                      {"distribution", "uniform"}}) == Impairment{});
    CHECK_FALSE(refusal_of("delay", "none").empty());
    CHECK_FALSE(refusal_of("loss", "none").empty());
}

TEST_CASE("what is no value of a property is refused, changes nothing, and the hint is how") {
    CHECK(refusal_of("delay", "-5ms") == "'delay' cannot be negative, as '-5ms' is");
    CHECK(refusal_of("delay", "1h") == "'delay' cannot be '1h': at most 60s");
    CHECK(refusal_of("jitter", "61s") == "'jitter' cannot be '61s': at most 60s");
    CHECK(refusal_of("delay", "60s").empty());
    CHECK(refusal_of("duplicate", "101%") == "'duplicate' must be a percentage, not '101%'");
    CHECK(refusal_of("rate", "0mbit") == "'rate' must be a rate from 100bit to 1tbit, not '0mbit'");
    CHECK_FALSE(refusal_of("rate", "99bit").empty());
    CHECK_FALSE(refusal_of("rate", "1.1tbit").empty());
    CHECK_FALSE(refusal_of("queue", "1000001").empty());
    CHECK_FALSE(refusal_of("queue", "1025MiB").empty());
    CHECK(refusal_of("queue", "1024MiB").empty());
    CHECK_FALSE(refusal_of("seed", "-1").empty());
    CHECK_FALSE(refusal_of("seed", "18446744073709551616").empty());
    CHECK_FALSE(refusal_of("seed", "").empty());
    CHECK_FALSE(refusal_of("distribution", "gaussian").empty());
    CHECK(refusal_of("dleay", "1ms") == "'dleay' is no property of a link");
    CHECK(hint_of("dleay", "1ms") == "did you mean 'delay'?");
    CHECK_FALSE(refusal_of("trace", "a.up").empty());
    CHECK(refusal_of("loss", "\x1b[31m").find('\x1b') == std::string::npos);
}

TEST_CASE("a number without its unit is shown with it, where that is a value") {
    CHECK(hint_of("delay", "10") == "write its unit: 10ms");
    CHECK(hint_of("jitter", "0.5") == "write its unit: 0.5ms");
    CHECK(hint_of("loss", "3") == "write its unit: 3%");
    CHECK(hint_of("rate", "10") == "write its unit: 10mbit");
    CHECK(hint_of("rate", "10000000") == "write its unit: 10000000bit");
    CHECK(hint_of("loss", "101") == "write 0.1%, or p=1%,r=20% for loss in bursts");
    CHECK(with_unit("delay", "99999999").empty());
    CHECK(with_unit("delay", "-5").empty());
    CHECK(with_unit("queue", "0").empty());
}

TEST_CASE("what does not go together is told by the property at fault") {
    CHECK(at_fault({}).empty());
    CHECK(at_fault({{"delay", "5ms"}, {"jitter", "5ms"}}).empty());
    CHECK(at_fault({{"delay", "5ms"}, {"jitter", "5.000001ms"}}) == "jitter");
    CHECK(at_fault({{"jitter", "1ns"}}) == "jitter");
    CHECK(at_fault({{"reorder", "1%"}}) == "reorder");
    CHECK(at_fault({{"queue", "50"}}) == "queue");
    CHECK(at_fault({{"correlation", "25%"}, {"delay", "1ms"}}) == "correlation");
    CHECK(at_fault({{"correlation", "25%"}, {"duplicate", "1%"}}).empty());
    CHECK(at_fault({{"distribution", "normal"}, {"delay", "1ms"}}) == "distribution");
    CHECK(at_fault({{"distribution", "uniform"}}).empty());
}

TEST_CASE("bursts of loss have no correlation beside their own") {
    CHECK(at_fault({{"correlation", "25%"}, {"loss", "p=1%,r=20%"}}) == "correlation");
    CHECK(at_fault({{"correlation", "25%"}, {"loss", "p=1%,r=20%"}, {"corrupt", "1%"}}).empty());
}

TEST_CASE("a seed goes with everything, and alone changes no frame") {
    const auto seeded = impairment({{"seed", "7"}});
    CHECK_FALSE(check_together(seeded));
    CHECK(seeded.is_perfect());
    CHECK_FALSE(seeded.is_random());
    CHECK(impairment({{"seed", "7"}, {"loss", "p=1%,r=20%"}}).is_random());
    CHECK_FALSE(impairment({{"delay", "1ms"}, {"rate", "1mbit"}}).is_random());
    for (const auto& [key, text] : Properties{{"delay", "1ns"},
                                              {"loss", "0.000001%"},
                                              {"duplicate", "1%"},
                                              {"corrupt", "1%"},
                                              {"rate", "1mbit"}}) {
        CHECK_FALSE(impairment({{key, text}}).is_perfect());
    }
}

TEST_CASE("a trace takes the place of a rate, and equal traces are equal wherever they are") {
    auto made = impairment({{"queue", "50"}});
    made.trace.trace = std::make_shared<const Trace>(Trace{"a.up", {0, 5}});
    CHECK_FALSE(check_together(made));
    CHECK_FALSE(made.is_perfect());
    CHECK(properties_of(made) == Properties{{"queue", "50"}, {"trace", "a.up"}});
    auto other = made;
    other.trace.trace = std::make_shared<const Trace>(Trace{"a.up", {0, 5}});
    CHECK(made == other);
    other.trace.trace = std::make_shared<const Trace>(Trace{"a.up", {0, 6}});
    CHECK_FALSE(made == other);
    other.trace = {};
    CHECK_FALSE(made == other);
    CHECK_FALSE(set_property(made, "rate", "1mbit"));
    CHECK(check_together(made).value_or(Refusal{}).key == "rate");
}

TEST_CASE("engines are words") {
    for (const auto engine : {Engine::automatic, Engine::kernel, Engine::user}) {
        CHECK(parse_engine(to_string(engine)) == engine);
    }
    CHECK(to_string(Engine::automatic) == "auto");
    CHECK_FALSE(parse_engine("netem"));
}

} // namespace netlab
