#include "topology/dependencies.h"

#include "base/hostlist.h"
#include "base/quote.h"
#include "topology/report_once.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace netlab {

namespace {

/// Ranges of nodes that depend on ranges of nodes multiply.
constexpr std::size_t most_dependencies = 1'000'000;

/// Behind these nobody reads on, and a lab of 65,536 nodes may have circles of as many.
constexpr int most_cycles = 20;
constexpr std::ptrdiff_t most_places = 100;

/// Finds nodes that wait for each other, by walking from each node to those it waits for.
class CycleSearch {
public:
    CycleSearch(const NodeTable& table, Input& input)
        : table_{table}, input_{input}, once_{input.diagnostics},
          marks_(table.nodes.size(), Mark::unseen), place_(table.nodes.size()) {}

    void run() {
        for (std::size_t i = 0; i < marks_.size() && found_ < most_cycles; ++i) {
            if (marks_[i] == Mark::unseen) {
                walk(i);
            }
        }
    }

private:
    enum class Mark : std::uint8_t { unseen, on_path, done };
    struct Step {
        std::size_t node;
        std::size_t next; ///< which of its dependencies is walked next
    };

    /// By hand, because a chain of 65,536 nodes is deeper than the stack.
    void walk(std::size_t from) {
        path_ = {{from, 0}};
        marks_[from] = Mark::on_path;
        place_[from] = 0;
        while (!path_.empty()) {
            auto& step = path_.back();
            const auto& dependencies = table_.nodes[step.node].depends_on;
            if (step.next == dependencies.size()) {
                marks_[step.node] = Mark::done;
                path_.pop_back();
                continue;
            }
            const auto to = index(dependencies[step.next++].node);
            if (marks_[to] == Mark::on_path && found_ < most_cycles) {
                report(to);
            } else if (marks_[to] == Mark::unseen) {
                marks_[to] = Mark::on_path;
                place_[to] = path_.size();
                path_.push_back({to, 0});
            }
        }
    }

    /// The path from `to` to its own end, which waits for `to`.
    void report(std::size_t to) {
        const auto first = path_.begin() + static_cast<std::ptrdiff_t>(place_[to]);
        if (!once_.is_new(edge(*first).span)) {
            return;
        }
        const auto last = first + std::min(most_places, path_.end() - first);
        std::string names = table_.nodes[to].name;
        for (auto step = first; step != last; ++step) {
            names += " -> " + table_.nodes[index(edge(*step).node)].name;
        }
        ++found_;
        auto& error = input_.diagnostics.error(edge(*first).span,
                                               "nodes wait for each other: " + printable(names),
                                               "take one of these dependencies out");
        for (auto step = first + 1; step != last; ++step) {
            const auto& dependency = edge(*step);
            error.notes.push_back(
                {dependency.span,
                 fmt::format("{} waits for {} here", quoted(table_.nodes[step->node].name),
                             quoted(table_.nodes[index(dependency.node)].name))});
        }
    }

    const Dependency& edge(const Step& step) const {
        return table_.nodes[step.node].depends_on[step.next - 1];
    }

    const NodeTable& table_;
    Input& input_;
    ReportOnce once_;
    std::vector<Mark> marks_;
    std::vector<std::size_t> place_; ///< on the path, by node
    std::vector<Step> path_;
    int found_ = 0;
};

} // namespace

std::vector<DependencyDraft> read_depends_on(const Value& value, Input& input) {
    std::vector<DependencyDraft> drafts;
    const auto* list = want_list(value, "'depends_on'", input);
    for (const auto& item : list == nullptr ? List{} : *list) {
        if (const auto* text = want_string(item, "a node to depend on", input)) {
            drafts.push_back({*text, item.span});
        }
    }
    return drafts;
}

void settle_dependencies(NodeTable& table, Input& input) {
    ReportOnce once{input.diagnostics};
    std::set<std::pair<NodeId, NodeId>> seen;
    std::size_t count = 0;
    for (const auto& [node, draft] : table.dependencies) {
        const auto list = expand_hostlist(draft.value, most_dependencies);
        if (!list.error.empty()) {
            once.error(draft.span, fmt::format("{}: {}", quoted(draft.value), list.error));
            continue;
        }
        count += list.names.size();
        if (count > most_dependencies) {
            once.error(draft.span,
                       fmt::format("the nodes have more than {} dependencies", most_dependencies));
            return;
        }
        for (const auto& name : list.names) {
            if (!table.ids.contains(name)) {
                if (once.is_new(draft.span)) {
                    table.want(name, draft.span, input);
                }
                break;
            }
            const auto on = table.ids.at(name);
            if (seen.emplace(node, on).second) {
                table[node].depends_on.push_back({on, draft.span});
            }
        }
    }
    CycleSearch{table, input}.run();
}

} // namespace netlab
