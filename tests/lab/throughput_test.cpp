#include "support/catch.h"
#include "support/lab_under_test.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netlab::test {

namespace {

using nlohmann::json;

constexpr double mbit = 1e6;
/// A run that other work kept from the processor is made again: at most so often.
constexpr int most_runs = 3;

// `user` is the same engine on every kernel, `auto` is the kernel where it has a netem. A queue of
// 50 loses little when TCP first fills it.
std::string ten_mbit(const std::string& engine) {
    return fmt::format(R"({{ "nodes": {{ "h[1-2]": {{}} }}, "links": [
        {{ "name": "line", "endpoints": ["h1", "h2"], "rate": "10mbit", "queue": 50,
           "engine": "{}" }}] }})",
                       engine);
}

void serve(const LabUnderTest& lab) {
    lab.says("h2", "iperf3 -s -D");
    REQUIRE(eventually([&] { return lab.sh("h2", "ss -Hltn | grep -q :5201").code == 0; }));
}

std::vector<std::string> client(int seconds) {
    return {"iperf3", "-C", "reno", "-c", "h2", "-J", "-t", std::to_string(seconds)};
}

/// What the receiver got of TCP's bytes, in Mbit/s; 0 if iperf3 says why not.
double goodput(const LabUnderTest& lab, int seconds = 4) {
    const auto report = json::parse(lab.exec("h1", client(seconds)).out);
    UNSCOPED_INFO(report.value("error", ""));
    return report.contains("error")
               ? 0
               : report["end"]["sum_received"]["bits_per_second"].get<double>() / mbit;
}

/// The goodput that is within the bounds, or that of the last run.
double goodput_between(const LabUnderTest& lab, double low, double high) {
    double seen = 0;
    for (int run = 0; run < most_runs && (seen < low || seen > high); ++run) {
        seen = goodput(lab);
        UNSCOPED_INFO(seen << " Mbit/s");
    }
    return seen;
}

std::uint64_t sent(const LabUnderTest& lab) {
    const auto ended = lab.workshop().netlab({"link", "ls", "--lab", lab.name(), "--json", "line"});
    return json::parse(ended.out)[0]["ends"][0]["sent"].get<std::uint64_t>();
}

void set_rate(const LabUnderTest& lab, const std::string& rate) {
    const auto ended =
        lab.workshop().netlab({"link", "set", "--lab", lab.name(), "line", "--rate", rate});
    REQUIRE(ended.code == 0);
}

/// What one iperf3 saw in its first and in its last two seconds, in Mbit/s.
struct Seen {
    double first = 0;
    double last = 0;
};

double mean(const json& intervals, std::size_t from) {
    return (intervals.at(from)["sum"]["bits_per_second"].get<double>() +
            intervals.at(from + 1)["sum"]["bits_per_second"].get<double>()) /
           2 / mbit;
}

/// Twice the rate while iperf3 is at it.
Seen doubled_under_way(const LabUnderTest& lab) {
    set_rate(lab, "10mbit");
    const auto before = sent(lab);
    auto words = client(12);
    words.insert(words.begin(), {"exec", "-l", lab.name(), "h1", "--"});
    words.emplace_back("-R"); // h2 sends, so that h1 reports each second of what it receives
    Program iperf{Workshop::words(words), lab.workshop().setting()};
    // h1 acknowledges every other frame: two seconds of 800 frames each are over.
    CHECK(eventually([&] { return sent(lab) > before + 1200; }));
    set_rate(lab, "20mbit");
    const auto report = json::parse(iperf.finish().out);
    UNSCOPED_INFO(report.value("error", ""));
    const auto& intervals = report["intervals"];
    return report.contains("error") || intervals.size() < 8
               ? Seen{}
               : Seen{mean(intervals, 0), mean(intervals, intervals.size() - 3)};
}

} // namespace

// h1 --10mbit-- h2
TEST_CASE("a link of 10 mbit lets 9.0 to 10.1 Mbit/s of TCP through, as iperf3 measures it") {
    const auto* engine = GENERATE("auto", "user");
    const Workshop workshop;
    const LabUnderTest lab{workshop, ten_mbit(engine)};
    serve(lab);
    const auto seen = goodput_between(lab, 9.0, 10.1);
    CHECK(seen >= 9.0);
    CHECK(seen <= 10.1);
}

// h1 --10mbit-- h2
TEST_CASE("each rate that a live link is set to is what iperf3 sees") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, ten_mbit("auto")};
    serve(lab);
    for (const double rate : {5.0, 20.0, 2.0}) {
        set_rate(lab, fmt::format("{}mbit", rate));
        const auto seen = goodput_between(lab, 0.85 * rate, 1.01 * rate);
        INFO(rate << " mbit");
        CHECK(seen >= 0.85 * rate);
        CHECK(seen <= 1.01 * rate);
    }
}

// h1 --10mbit, then 20mbit-- h2
TEST_CASE("an iperf3 that runs goes faster when its link does") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, ten_mbit("auto")};
    serve(lab);
    Seen seen;
    const auto as_set = [&] {
        return seen.first > 8 && seen.first < 11 && seen.last > 17 && seen.last < 21;
    };
    for (int run = 0; run < most_runs && !as_set(); ++run) {
        seen = doubled_under_way(lab);
        UNSCOPED_INFO("first " << seen.first << ", last " << seen.last << " Mbit/s");
    }
    CHECK(as_set());
}

} // namespace netlab::test
