#include "topology/loading.h"

#include <array>
#include <map>
#include <random>

namespace netlab {

namespace {

using Layer = std::map<std::string, std::string>;

/// The reference: the innermost text of each key, and of the modifiers only what has a subject.
Impairment expected(const std::array<const Layer*, 3>& outer_first) {
    Layer texts;
    for (const auto* layer : outer_first) {
        for (const auto& [key, text] : *layer) {
            texts[key] = text;
        }
    }
    Impairment all;
    for (const auto& [key, text] : texts) {
        REQUIRE_FALSE(set_property(all, key, text));
    }
    if (!all.rate) {
        all.queue.reset();
    }
    if (all.jitter == Duration{}) {
        all.distribution = Distribution::uniform;
        if (!all.loss.random && !all.duplicate && !all.corrupt && !all.reorder) {
            all.correlation = {};
        }
    }
    return all;
}

/// Keys with values that go together whatever the others are.
Layer random_layer(std::mt19937& random, unsigned share) {
    static const std::map<std::string, std::vector<std::string>> choices{
        {"delay", {"10ms", "5ms", "1s"}},
        {"jitter", {"0ms", "1us", "5ms"}},
        {"loss", {"0%", "1%", "p=1%,r=20%", "p=0%,r=1%", "100%"}},
        {"duplicate", {"0%", "1%"}},
        {"corrupt", {"0%", "0.000001%"}},
        {"reorder", {"0%", "5%"}},
        {"rate", {"none", "10mbit", "64kbit"}},
        {"queue", {"none", "50", "64KiB"}},
        {"correlation", {"0%", "25%"}},
        {"distribution", {"uniform", "normal", "pareto"}},
        {"seed", {"none", "0", "42"}}};
    Layer layer;
    for (const auto& [key, texts] : choices) {
        if (random() % 100 < share) {
            layer[key] = texts[random() % texts.size()];
        }
    }
    return layer;
}

std::string members(const Layer& layer) {
    std::string text;
    for (const auto& [key, value] : layer) {
        text += ", \"" + key + "\": \"" + value + "\"";
    }
    return text;
}

bool has_use(const std::string& modifier, const Impairment& all) {
    return (modifier == "queue" && all.rate) ||
           (modifier == "distribution" && all.jitter != Duration{}) ||
           (modifier == "correlation" && (all.jitter != Duration{} || all.loss.random ||
                                          all.duplicate || all.corrupt || all.reorder));
}

/// How many modifiers the link and its ends say that no direction which takes them can use. (Those
/// of the defaults have their use on the other link.)
std::size_t mistakes(const Layer& link, const std::array<Layer, 2>& ends,
                     const std::array<Impairment, 2>& directions) {
    std::size_t count = 0;
    for (const auto& [modifier, neutral] :
         Layer{{"queue", "none"}, {"correlation", "0%"}, {"distribution", "uniform"}}) {
        bool link_has_takers = false;
        bool link_has_use = false;
        for (std::size_t i = 0; i < 2; ++i) {
            const bool own = ends[i].contains(modifier);
            const bool of_use = has_use(modifier, directions[i]);
            count += own && !of_use && ends[i].at(modifier) != neutral ? 1U : 0U;
            link_has_takers = link_has_takers || !own;
            link_has_use = link_has_use || (!own && of_use);
        }
        const auto said = link.find(modifier);
        count += said != link.end() && said->second != neutral && link_has_takers && !link_has_use
                     ? 1U
                     : 0U;
    }
    return count;
}

} // namespace

// a --- b, and a second link that has all that a modifier of the defaults may need
TEST_CASE(
    "whatever the three layers say, each end has the innermost of each property that is of use") {
    std::mt19937 random{3}; // NOLINT: the same every time
    int without_mistake = 0;
    for (int round = 0; round < 2000; ++round) {
        auto defaults = random_layer(random, 30);
        defaults.try_emplace("delay", "10ms");
        const auto link = random_layer(random, 30);
        const std::array<Layer, 2> ends{random_layer(random, 20), random_layer(random, 20)};
        const auto text =
            R"({ "nodes": { "a": {}, "b": {} }, "defaults": { "link": { "mtu": 1500)" +
            members(defaults) + R"( } }, "links": [ { "endpoints": [ { "node": "a")" +
            members(ends[0]) + R"( }, { "node": "b")" + members(ends[1]) + " } ]" + members(link) +
            R"( }, { "endpoints": ["a", "b"], "rate": "1mbit", "jitter": "1ms", "loss": "1%" } ] })";
        const auto loaded = test::load(text);
        REQUIRE(loaded.topology.links.size() == 2);
        CAPTURE(text, loaded.errors);
        std::array<Impairment, 2> both;
        for (std::size_t i = 0; i < 2; ++i) {
            both[i] = expected({&defaults, &link, &ends[i]});
            CHECK(loaded.topology.links[0].endpoints[i].leaving == both[i]);
            CHECK_FALSE(check_together(loaded.topology.links[0].endpoints[i].leaving));
        }
        const auto wrong = mistakes(link, ends, both);
        CHECK(loaded.errors.size() == wrong);
        without_mistake += wrong == 0 ? 1 : 0;
    }
    CHECK(without_mistake > 500);
}

} // namespace netlab
