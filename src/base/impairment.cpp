#include "base/impairment.h"

#include "base/impairment_clash.h"
#include "base/nearest_word.h"
#include "base/number.h"
#include "base/quote.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace netlab {

namespace {

constexpr Duration longest_delay = std::chrono::minutes{1};
constexpr std::uint64_t longest_queue = 1'000'000;              ///< packets
constexpr std::uint64_t largest_queue = std::uint64_t{1} << 30; ///< bytes
constexpr std::string_view duration_form = "write a number and its unit: 200us, 10ms or 1.5s";
constexpr std::string_view percentage_form = "write a percentage from 0% to 100%, such as 0.1%";
constexpr std::string_view queue_form =
    "write packets, 1 to 1000000, as 50; or bytes, up to 1024MiB, as 64kB or 64KiB";
constexpr std::string_view seed_form =
    "write any number, such as 42: the same one, the same choices";
constexpr std::string_view random_form =
    "it goes with jitter, random loss, duplicate, corrupt and reorder";

constexpr std::array<std::string_view, 3> distributions{"uniform", "normal", "pareto"};
constexpr std::array<std::string_view, 3> engines{"auto", "kernel", "user"};

Refusal refusal(std::string_view key, std::string message, std::string_view hint) {
    return {std::string{key}, std::move(message), std::string{hint}};
}

Refusal malformed(std::string_view key, std::string_view text, std::string_view kind,
                  std::string_view hint) {
    return refusal(key, fmt::format("must be {}, not {}", kind, quoted(text)), hint);
}

std::optional<Refusal> set_duration(Duration& out, std::string_view key, std::string_view text) {
    const auto value = parse_duration(text);
    if (!value) {
        return malformed(key, text, "a duration", duration_form);
    }
    if (*value > longest_delay) {
        return refusal(key, fmt::format("cannot be {}: at most 60s", quoted(text)),
                       "no link is that long: light goes round the earth in 134ms");
    }
    out = *value;
    return std::nullopt;
}

std::optional<Refusal> set_percentage(Percentage& out, std::string_view key,
                                      std::string_view text) {
    const auto value = parse_percentage(text);
    if (!value) {
        return malformed(key, text, "a percentage", percentage_form);
    }
    out = *value;
    return std::nullopt;
}

/// `p=1%,r=20%`
std::optional<GilbertElliott> parse_bursts(std::string_view text) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos || !text.starts_with("p=") ||
        !text.substr(comma + 1).starts_with("r=")) {
        return std::nullopt;
    }
    const auto p = parse_percentage(text.substr(2, comma - 2));
    const auto r = parse_percentage(text.substr(comma + 3));
    return p && r ? std::optional{GilbertElliott{*p, *r}} : std::nullopt;
}

std::optional<Refusal> set_loss(Loss& loss, std::string_view text) {
    if (const auto bursts = parse_bursts(text)) {
        if (!bursts->r) {
            return refusal("loss", "with r=0% never comes to an end",
                           "1/r is the mean length of a burst: r=20% makes bursts of 5");
        }
        loss = bursts->p ? Loss{{}, bursts} : Loss{};
        return std::nullopt;
    }
    if (const auto random = parse_percentage(text)) {
        loss = {*random, {}};
        return std::nullopt;
    }
    return malformed("loss", text, "a percentage or a Gilbert-Elliott model",
                     "write 0.1%, or p=1%,r=20% for loss in bursts");
}

std::optional<Refusal> set_rate(std::optional<Rate>& out, std::string_view text) {
    constexpr Rate highest{1'000'000'000'000};
    constexpr Rate lowest{100};
    const auto rate = parse_rate(text);
    if (!rate || *rate > highest || *rate < lowest) {
        return malformed("rate", text, "a rate from 100bit to 1tbit",
                         "write bits in a second: 64kbit, 10mbit or 1gbit");
    }
    out = rate;
    return std::nullopt;
}

std::optional<Refusal> set_queue(std::optional<QueueLimit>& out, std::string_view text) {
    const auto queue = parse_queue(text);
    if (!queue ||
        queue->count > (queue->unit == QueueLimit::Unit::packets ? longest_queue : largest_queue)) {
        return malformed("queue", text, "a number of packets or bytes", queue_form);
    }
    out = queue;
    return std::nullopt;
}

std::optional<Refusal> set_seed(std::optional<std::uint64_t>& out, std::string_view text) {
    const auto seed = to_number<std::uint64_t>(text);
    if (!seed) {
        return malformed("seed", text, "a whole number from 0 to 18446744073709551615", seed_form);
    }
    out = seed;
    return std::nullopt;
}

std::optional<Refusal> set_distribution(Distribution& out, std::string_view text) {
    const auto found = std::ranges::find(distributions, text);
    if (found == distributions.end()) {
        return malformed("distribution", text, "a distribution",
                         "the distributions are uniform, normal and pareto");
    }
    out = static_cast<Distribution>(found - distributions.begin());
    return std::nullopt;
}

template <class Value, class Set>
std::optional<Refusal> set_or_none(std::optional<Value>& out, std::string_view text, Set set) {
    if (text == "none") {
        out.reset();
        return std::nullopt;
    }
    return set(out, text);
}

std::optional<Refusal> set(Impairment& to, std::string_view key, std::string_view text) {
    if (key == "delay") {
        return set_duration(to.delay, key, text);
    }
    if (key == "jitter") {
        return set_duration(to.jitter, key, text);
    }
    if (key == "loss") {
        return set_loss(to.loss, text);
    }
    if (key == "rate") {
        return set_or_none(to.rate, text, set_rate);
    }
    if (key == "queue") {
        return set_or_none(to.queue, text, set_queue);
    }
    if (key == "seed") {
        return set_or_none(to.seed, text, set_seed);
    }
    if (key == "distribution") {
        return set_distribution(to.distribution, text);
    }
    for (const auto& [name, member] :
         {std::pair{"duplicate", &Impairment::duplicate},
          std::pair{"corrupt", &Impairment::corrupt}, std::pair{"reorder", &Impairment::reorder},
          std::pair{"correlation", &Impairment::correlation}}) {
        if (key == name) {
            return set_percentage(to.*member, key, text);
        }
    }
    return refusal(key, "is no property of a link", did_you_mean(key, impairment_keys()));
}

/// `-5ms`: right but for its sign.
bool is_negative(std::string_view key, std::string_view text) {
    if (!text.starts_with('-')) {
        return false;
    }
    Impairment scratch;
    text.remove_prefix(1);
    const bool is_number = text.find_first_of("0123456789") == 0;
    return is_number && (!set(scratch, key, text) || !with_unit(key, text).empty());
}

/// Whether anything is chosen for each frame anew: all but bursts of loss, whose chain of states
/// correlates by itself.
bool has_independent_choices(const Impairment& all) {
    return all.loss.random || all.duplicate || all.corrupt || all.reorder ||
           all.jitter != Duration{};
}

} // namespace

const std::vector<std::string>& impairment_keys() {
    static const std::vector<std::string> keys{"delay",       "jitter",       "loss", "duplicate",
                                               "corrupt",     "reorder",      "rate", "queue",
                                               "correlation", "distribution", "seed"};
    return keys;
}

std::string with_unit(std::string_view key, std::string_view number) {
    if (number.empty() || number.find_first_not_of("0123456789.") != std::string_view::npos) {
        return {};
    }
    for (const auto* unit : {"ms", "%", "mbit", "bit"}) {
        Impairment scratch;
        auto text = std::string{number} + unit;
        if (!set(scratch, key, text)) {
            return text;
        }
    }
    return {};
}

std::optional<Refusal> set_property(Impairment& impairment, std::string_view key,
                                    std::string_view text) {
    auto wrong = set(impairment, key, text);
    if (wrong && is_negative(key, text)) {
        wrong->message = fmt::format("cannot be negative, as {} is", quoted(text));
    } else if (wrong) {
        if (const auto better = with_unit(key, text); !better.empty()) {
            wrong->hint = fmt::format("write its unit: {}", better);
        }
    }
    return wrong;
}

bool Impairment::is_random() const {
    return loss || duplicate || corrupt || reorder || jitter != Duration{};
}

bool Impairment::is_perfect() const {
    return delay == Duration{} && !is_random() && !rate && !trace;
}

std::optional<Refusal> find_clash(const Impairment& all) {
    if (all.jitter > all.delay) {
        return refusal("jitter",
                       fmt::format("of {} is more than the delay of {}", to_string(all.jitter),
                                   to_string(all.delay)),
                       "jitter moves the delay both ways, and no frame arrives before it was sent");
    }
    if (all.reorder && all.delay == Duration{}) {
        return refusal("reorder", "needs a delay",
                       "reordered frames go without delay, past those that wait");
    }
    if (all.rate && all.trace) {
        return refusal("rate", "and 'trace' both say how fast the link is",
                       "leave one of them out");
    }
    if (all.queue && !all.rate && !all.trace) {
        return refusal("queue", "needs a rate",
                       "frames wait where a link is slower than its sender");
    }
    if (all.correlation && !has_independent_choices(all)) {
        return refusal("correlation", "has nothing random to correlate", random_form);
    }
    if (all.distribution != Distribution::uniform && all.jitter == Duration{}) {
        return refusal("distribution", "needs jitter", "it says how jitter spreads the delay");
    }
    return std::nullopt;
}

std::string_view neutral_text(std::string_view key) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> texts{
        {{"delay", "0ms"},
         {"jitter", "0ms"},
         {"rate", "none"},
         {"queue", "none"},
         {"seed", "none"},
         {"distribution", "uniform"}}};
    const auto* found = std::ranges::find(texts, key, &decltype(texts)::value_type::first);
    return found == texts.end() ? "0%" : found->second;
}

std::optional<Refusal> check_together(const Impairment& all) {
    auto wrong = find_clash(all);
    if (wrong) {
        wrong->hint += fmt::format("; --{} {} takes it away", wrong->key, neutral_text(wrong->key));
    }
    return wrong;
}

std::vector<std::pair<std::string, std::string>> properties_of(const Impairment& all) {
    std::vector<std::pair<std::string, std::string>> out;
    const auto add = [&](const char* key, bool said, auto spell) {
        if (said) {
            out.emplace_back(key, spell());
        }
    };
    add("delay", all.delay != Duration{}, [&] { return to_string(all.delay); });
    add("jitter", all.jitter != Duration{}, [&] { return to_string(all.jitter); });
    add("loss", static_cast<bool>(all.loss), [&] {
        return all.loss.bursts ? fmt::format("p={},r={}", to_string(all.loss.bursts->p),
                                             to_string(all.loss.bursts->r))
                               : to_string(all.loss.random);
    });
    add("duplicate", bool{all.duplicate}, [&] { return to_string(all.duplicate); });
    add("corrupt", bool{all.corrupt}, [&] { return to_string(all.corrupt); });
    add("reorder", bool{all.reorder}, [&] { return to_string(all.reorder); });
    add("rate", all.rate.has_value(), [&] { return to_string(*all.rate); });
    add("queue", all.queue.has_value(), [&] { return to_string(*all.queue); });
    add("correlation", bool{all.correlation}, [&] { return to_string(all.correlation); });
    add("distribution", all.distribution != Distribution::uniform,
        [&] { return std::string{to_string(all.distribution)}; });
    add("seed", all.seed.has_value(), [&] { return std::to_string(*all.seed); });
    add("trace", bool{all.trace}, [&] { return all.trace.trace->name; });
    return out;
}

std::string to_string(const Impairment& impairment) {
    std::string text;
    for (const auto& [key, value] : properties_of(impairment)) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", key, printable(value));
    }
    return text.empty() ? "perfect" : text;
}

std::string_view to_string(Engine engine) {
    return engines.at(static_cast<std::size_t>(engine));
}

std::optional<Engine> parse_engine(std::string_view text) {
    const auto found = std::ranges::find(engines, text);
    return found == engines.end() ? std::nullopt
                                  : std::optional{static_cast<Engine>(found - engines.begin())};
}

std::string_view to_string(Distribution distribution) {
    return distributions.at(static_cast<std::size_t>(distribution));
}

} // namespace netlab
