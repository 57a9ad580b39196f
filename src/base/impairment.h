#pragma once

#include "base/duration.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace netlab {

/// A share of packets, exact to a hundred-millionth.
class Percentage {
public:
    static constexpr std::uint32_t whole = 100'000'000; ///< 100 %

    constexpr Percentage() = default;
    explicit constexpr Percentage(std::uint32_t hundred_millionths) : value_(hundred_millionths) {}

    constexpr std::uint32_t hundred_millionths() const { return value_; }
    constexpr double fraction() const { return static_cast<double>(value_) / whole; }
    /// As the kernel's netem has probabilities: 2^32 - 1 is always.
    constexpr std::uint32_t of_32_bits() const {
        return static_cast<std::uint32_t>((std::uint64_t{value_} * 0xffffffffU + whole / 2) /
                                          whole);
    }
    constexpr explicit operator bool() const { return value_ != 0; }
    auto operator<=>(const Percentage&) const = default;

private:
    std::uint32_t value_ = 0;
};

/// Bits of whole frames (Ethernet header included, FCS not) in a second.
class Rate {
public:
    constexpr Rate() = default;
    explicit constexpr Rate(std::uint64_t bits_per_second) : value_(bits_per_second) {}
    static constexpr Rate megabits(std::uint64_t count) { return Rate{count * 1'000'000}; }

    constexpr std::uint64_t bits_per_second() const { return value_; }
    /// How long a frame of `bytes` takes on the line.
    Duration time_of(std::uint64_t bytes) const;
    auto operator<=>(const Rate&) const = default;

private:
    std::uint64_t value_ = 0;
};

/// How much waits at a bottleneck before the next frame is dropped.
struct QueueLimit {
    enum class Unit : std::uint8_t { packets, bytes } unit = Unit::packets;
    std::uint64_t count = 0;

    bool operator==(const QueueLimit&) const = default;
};

/// Loss in bursts: a chain of a good state that loses nothing and a bad one that loses all
/// (E. N. Gilbert, Capacity of a burst-noise channel, 1960). Mean burst: 1/r frames.
struct GilbertElliott {
    Percentage p; ///< from good to bad, at each frame
    Percentage r; ///< from bad to good

    bool operator==(const GilbertElliott&) const = default;
};

struct Loss {
    Percentage random; ///< of each frame by itself; 0 with `bursts`
    std::optional<GilbertElliott> bursts;

    explicit operator bool() const { return static_cast<bool>(random) || bursts; }
    bool operator==(const Loss&) const = default;
};

/// How jitter spreads the delay; with `normal` it is the standard deviation.
enum class Distribution : std::uint8_t { uniform, normal, pareto };

/// When a link may carry 1500 bytes, as mahimahi's link files have it: a number of milliseconds
/// since the start for each such opportunity, begun anew when the last has passed.
struct Trace {
    std::string name;                        ///< the file, as the topology calls it
    std::vector<std::uint32_t> milliseconds; ///< never falling; the last is above 0

    bool operator==(const Trace&) const = default;
};

/// Shared because a range of links has one trace of possibly millions of numbers.
struct SharedTrace {
    std::shared_ptr<const Trace> trace;

    explicit operator bool() const { return trace != nullptr; }
    bool operator==(const SharedTrace& other) const {
        return trace == other.trace || (trace && other.trace && *trace == *other.trace);
    }
};

/// What happens to frames on their way over one direction of a link. As it is when made: nothing.
struct Impairment {
    Duration delay{}; ///< one-way, behind the bottleneck
    Duration jitter{};
    Loss loss;
    Percentage duplicate;
    Percentage corrupt; ///< one bit of the frame is turned over
    Percentage reorder; ///< this share goes without delay, past those before it
    std::optional<Rate> rate;
    std::optional<QueueLimit> queue; ///< nullopt: default_queue, where there is a rate
    Percentage correlation;          ///< of each random choice with the one before
    Distribution distribution = Distribution::uniform;
    std::optional<std::uint64_t> seed; ///< the same choices in each run
    SharedTrace trace;                 ///< instead of a rate

    /// Whether chance decides anything, so that a seed matters.
    bool is_random() const;
    /// Whether all frames pass at once and unchanged; what would only modify something (a seed, …)
    /// is nothing by itself.
    bool is_perfect() const;
    bool operator==(const Impairment&) const = default;
};

/// What carries a link's frames: netem and a veth pair, netlab's own wire, or whichever is able.
enum class Engine : std::uint8_t { automatic, kernel, user };

/// At a bottleneck whose queue nobody set.
inline constexpr QueueLimit default_queue{QueueLimit::Unit::packets, 1000};

/// The keys of a property in a topology file and, with `--` before them, in `netlab link set`; all
/// but `trace`, which is read from a file.
const std::vector<std::string>& impairment_keys();

/// What is wrong with a value: `message` completes "'delay' …", `hint` says how to write it.
struct Refusal {
    std::string key;
    std::string message;
    std::string hint;
};

/// Sets the property `key` (one of impairment_keys()) to what `text` spells: `10ms`, `0.1%`,
/// `p=1%,r=20%`, `10mbit`, `50`, `64kB`, `normal`. `none` takes a rate, a queue or a seed away.
/// Returns what is wrong with it, and changes nothing then.
std::optional<Refusal> set_property(Impairment& impairment, std::string_view key,
                                    std::string_view text);

/// `number` with the unit that makes it a value of `key` (`10ms` of `10`), or an empty string.
std::string with_unit(std::string_view key, std::string_view number);

/// What is wrong with the properties together: jitter above the delay, a queue without a rate, ….
/// The first such. A seed goes with everything: it says how choices are made, if there are any.
std::optional<Refusal> check_together(const Impairment& all);

/// The properties that are set, as `set_property` reads them, in the order of impairment_keys();
/// `trace` too, by its name.
std::vector<std::pair<std::string, std::string>> properties_of(const Impairment& all);
/// `delay 10ms, loss 1%`; `perfect` where nothing is set.
std::string to_string(const Impairment& impairment);

std::string_view to_string(Engine engine);
std::optional<Engine> parse_engine(std::string_view text);
std::string_view to_string(Distribution distribution);

/// `0.1%`. nullopt if malformed, negative, above 100 % or finer than a hundred-millionth.
std::optional<Percentage> parse_percentage(std::string_view text);
std::string to_string(Percentage percentage);
/// `10mbit`, `1.5gbit`: bits per second in powers of a thousand. nullopt if malformed or 0.
std::optional<Rate> parse_rate(std::string_view text);
std::string to_string(Rate rate);
/// `50` (packets), `64kB`, `64KiB`, `1500B`. nullopt if malformed or 0.
std::optional<QueueLimit> parse_queue(std::string_view text);
std::string to_string(const QueueLimit& queue);

} // namespace netlab
