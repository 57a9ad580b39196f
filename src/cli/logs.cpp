#include "base/diagnostic.h"
#include "base/nearest_word.h"
#include "base/quote.h"
#include "cli/commands.h"
#include "cli/find_lab.h"
#include "cli/log_lines.h"
#include "cli/output.h"
#include "cli/run_many_lines.h"
#include "cli/service_json.h"
#include "cli/service_targets.h"
#include "control/client.h"
#include "node/service_board.h"
#include "sys/process.h"

#include <algorithm>
#include <ctime>
#include <deque>
#include <map>

#include <fmt/format.h>
#include <unistd.h>

namespace netlab {

namespace {

using std::chrono::system_clock;

constexpr auto between_looks = std::chrono::milliseconds{100};

/// A service whose log is shown.
struct Shown {
    std::string node;
    std::string service;
    LogReader reader;
    LogLines lines{};
    std::uint64_t lost = 0;

    /// The lines that have come since the last call.
    std::vector<LogLine> read(bool all) {
        const auto pieces = reader.read();
        auto found = lines.add(pieces);
        if (all) {
            std::ranges::move(lines.finish(), std::back_inserter(found));
        }
        if (reader.lost() > lost && !pieces.empty()) {
            const auto text =
                fmt::format("{} bytes before this were dropped", reader.lost() - lost);
            found.insert(found.begin(), {pieces.front().time, LogStream::note, text});
            lost = reader.lost();
        }
        return found;
    }
};

struct ShownLine {
    const Shown* from = nullptr;
    LogLine line;
};

/// The logs of the targets, in the order of the targets.
class Logs {
public:
    Logs(LabClient& client, const LogsOptions& options) : options_{options} {
        for (const auto& target : parse_targets(options.targets)) {
            add(client, target);
        }
        if (shown_.empty()) {
            throw InputError{"these nodes have no services",
                             "services are in 'run' in the topology file"};
        }
        terminal_ = ::isatty(STDOUT_FILENO) != 0;
        colour_ = wants_colour(stdout);
    }

    /// Shows what has come, `all`: lines without an end too.
    void show(bool all) {
        std::vector<ShownLine> lines;
        for (auto& shown : shown_) {
            for (auto& line : shown.read(all)) {
                lines.push_back({&shown, std::move(line)});
            }
        }
        std::ranges::stable_sort(lines, {}, [](const ShownLine& one) { return one.line.time; });
        if (options_.since) {
            const auto begin = (system_clock::now() - *options_.since).time_since_epoch();
            const auto oldest = std::chrono::nanoseconds{begin}.count();
            std::erase_if(lines, [&](const ShownLine& one) {
                return static_cast<std::int64_t>(one.line.time) < oldest;
            });
        }
        const auto most = first_ ? options_.lines.value_or(lines.size()) : lines.size();
        first_ = false;
        std::string text;
        for (auto i = lines.size() - std::min(most, lines.size()); i < lines.size(); ++i) {
            append(lines[i], text);
        }
        print(stdout, text);
    }

private:
    void add(LabClient& client, const ServiceTarget& target) {
        for (auto& handle : client.boards({target.nodes})) {
            const auto& services = handle.node.services;
            bool found = target.service.empty();
            if (handle.board) {
                boards_.emplace_back(handle.board.get(), services.size(),
                                     ServiceBoard::Access::read);
            }
            for (std::size_t i = 0; i < services.size(); ++i) {
                if (target.service.empty() || services[i].name == target.service) {
                    found = true;
                    shown_.push_back(
                        {handle.node.name, services[i].name, boards_.back().reader(i)});
                }
            }
            if (!found) {
                refuse(handle.node, target.service);
            }
        }
    }

    [[noreturn]] static void refuse(const NodeAnswer& node, const std::string& service) {
        std::vector<std::string> names;
        for (const auto& one : node.services) {
            names.push_back(one.name);
        }
        const auto meant = did_you_mean(service, names);
        throw InputError{"node " + node.name + " has no service " + quoted(service),
                         meant.empty() ? "netlab ps lists the services" : meant};
    }

    void append(const ShownLine& shown, std::string& text) const {
        const auto& [from, line] = shown;
        if (options_.json) {
            text += log_line_to_json(from->node, from->service, line);
            return;
        }
        const auto seconds = static_cast<std::time_t>(line.time / 1'000'000'000);
        std::tm when{};
        ::localtime_r(&seconds, &when);
        text += fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03} ", when.tm_year + 1900,
                            when.tm_mon + 1, when.tm_mday, when.tm_hour, when.tm_min, when.tm_sec,
                            line.time / 1'000'000 % 1000);
        if (shown_.size() > 1) {
            text += from->node + "/" + from->service + " ";
        }
        // A node's root has power over its own log: what looks like a note is no safer than a line.
        const auto safe = terminal_ ? printable_line(line.text) : line.text;
        const bool note = line.stream == LogStream::note;
        text += !note ? safe : colour_ ? "\x1b[2m-- " + safe + " --\x1b[0m" : "-- " + safe + " --";
        text += '\n';
    }

    const LogsOptions& options_;
    std::deque<ServiceBoard> boards_;
    std::deque<Shown> shown_;
    bool terminal_ = false;
    bool colour_ = false;
    bool first_ = true;
};

} // namespace

int run_logs(const LogsOptions& options) {
    LabClient client{find_lab(options.lab).path};
    Logs logs{client, options};
    if (!options.follow) {
        logs.show(true);
        return 0;
    }
    const auto supervisor = client.supervisor();
    logs.show(false);
    while (!wait_for_end(supervisor, between_looks)) {
        logs.show(false);
    }
    logs.show(true);
    return 0;
}

} // namespace netlab
