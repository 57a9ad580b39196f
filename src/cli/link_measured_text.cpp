#include "base/table.h"
#include "cli/link_measured.h"
#include "cli/link_text.h"

#include <chrono>

#include <fmt/format.h>

namespace netlab {

namespace {

/// `20.04ms`, of a time that was measured.
std::string spell_milliseconds(Duration time) {
    return fmt::format("{:.2f}ms", std::chrono::duration<double, std::milli>(time).count());
}

std::string percent(double share) {
    return fmt::format("{:.2f}%", share * 100);
}

/// `9.98mbit`
std::string bits(double rate) {
    return rate >= 1e9   ? fmt::format("{:.3g}gbit", rate / 1e9)
           : rate >= 1e6 ? fmt::format("{:.3g}mbit", rate / 1e6)
           : rate >= 1e3 ? fmt::format("{:.3g}kbit", rate / 1e3)
                         : fmt::format("{:.3g}bit", rate);
}

std::string spell(const std::optional<bool>& agrees) {
    return !agrees ? "-" : *agrees ? "yes" : "NO";
}

double share(std::uint64_t count, std::uint64_t of) {
    return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
}

/// `1.98% (1.71% to 2.29%)`
std::string share_text(std::uint64_t count, std::uint64_t of, double bunching = 1) {
    if (of == 0) {
        return "-";
    }
    const auto within = share_interval(count, of, for_95_percent, bunching);
    return fmt::format("{} ({} to {})", percent(share(count, of)), percent(within.low),
                       percent(within.high));
}

class Rows {
public:
    Rows(Table& table, const MeasuredDirection& direction)
        : table_(table), all_(direction), from_(direction.from), to_(direction.to) {}

    void add_all() {
        const auto& seen = all_.seen;
        add_delay();
        add("jitter", jitter_text(), all_.verdict.jitter);
        add("loss", loss_text(), all_.verdict.loss);
        add_share("duplicate", seen.duplicates, seen.arrived, all_.verdict.duplicate);
        add_share("corrupt", seen.damaged, seen.arrived + seen.duplicates, all_.verdict.corrupt);
        add_share("reorder", seen.overtaking, seen.arrived, all_.verdict.reorder);
        add_rate();
    }

private:
    std::string asked(const std::string& key) const {
        for (const auto& [name, text] : all_.properties) {
            if (name == key) {
                return text;
            }
        }
        return "-";
    }

    void add(const std::string& key, const std::string& measured,
             const std::optional<bool>& verdict) {
        table_.add_row({from_, to_, key, asked(key), measured, spell(verdict)});
        from_.clear();
        to_.clear();
    }

    void add_delay() {
        constexpr Duration worth_saying = std::chrono::microseconds{50};
        const auto line = expect_of_probes(all_.asked).line;
        std::string text = all_.seen.timed == 0 ? "-" : spell_milliseconds(all_.seen.median);
        if (all_.seen.timed != 0 && line > worth_saying) {
            text += fmt::format(" ({} of it on the line)", spell_milliseconds(line));
        }
        add("delay", text, all_.verdict.delay);
    }

    std::string jitter_text() const {
        const auto& seen = all_.seen;
        return seen.arrived == 0
                   ? "-"
                   : fmt::format("{} (deviation {}, 99% within +{})",
                                 spell_milliseconds(measured_jitter(all_.asked, seen)),
                                 spell_milliseconds(seen.deviation),
                                 spell_milliseconds(seen.p99 - seen.median));
    }

    std::string loss_text() const {
        const auto& seen = all_.seen;
        const auto& bursts = all_.asked.loss.bursts;
        auto text =
            share_text(seen.lost, seen.sent,
                       bursts ? bunching_of_bursts(bursts->p.fraction(), bursts->r.fraction()) : 1);
        if (bursts && seen.bursts != 0) {
            text += fmt::format(", in bursts of {:.1f}",
                                static_cast<double>(seen.lost) / static_cast<double>(seen.bursts));
        }
        return text;
    }

    void add_share(const char* key, std::uint64_t count, std::uint64_t of,
                   const std::optional<bool>& verdict) {
        if (count != 0 || asked(key) != "-") {
            add(key, share_text(count, of), verdict);
        }
    }

    void add_rate() {
        if (!all_.flood) {
            add("rate", "not measured", std::nullopt);
        } else {
            add(all_.asked.trace ? "trace" : "rate", all_.rate == 0 ? "-" : bits(all_.rate),
                all_.verdict.rate);
        }
    }

    Table& table_;
    const MeasuredDirection& all_;
    std::string from_;
    std::string to_;
};

std::string remarks(const MeasuredLink& measured) {
    constexpr std::uint64_t few_probes = 100;
    std::string text;
    for (const auto& one : measured.directions) {
        if (one.seen.sent < few_probes) {
            text += fmt::format("{}: only {} probes fitted into the time; --time gives more\n",
                                one.from, one.seen.sent);
        }
        if (one.flood && one.asked.rate && !one.verdict.rate) {
            text += fmt::format("{}: only {} could be sent, not steadily enough to tell the rate\n",
                                one.from, bits(one.flood->offered()));
        }
        if (!agrees(one.verdict).value_or(true)) {
            text += fmt::format("{}: not what was asked; other traffic on the link, or a busy "
                                "machine, can be why\n",
                                one.from);
        }
    }
    return text;
}

} // namespace

std::string measured_to_text(const MeasuredLink& measured, bool colour) {
    Table table{{"FROM", "TO", "PROPERTY", "ASKED", "MEASURED", "AGREES"}};
    for (const auto& direction : measured.directions) {
        Rows{table, direction}.add_all();
    }
    return table.to_string(0, colour) + remarks(measured);
}

} // namespace netlab
