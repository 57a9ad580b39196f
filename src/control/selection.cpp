#include "control/selection.h"

#include "base/diagnostic.h"
#include "base/hostlist.h"
#include "base/nearest_word.h"
#include "base/quote.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

namespace netlab {

namespace {

/// The first few, each once.
std::string listed(std::vector<std::string> words) {
    std::ranges::stable_sort(words);
    // Not std::ranges::unique, which Clang 14 cannot compile with the library of GCC 12.
    words.erase(std::unique(words.begin(), words.end()), words.end());
    return first_words(words);
}

class Selection {
public:
    explicit Selection(const Plan& plan) : plan_(plan), chosen_(plan.nodes.size()) {}

    void add(const std::string& pattern) {
        if (pattern == "all") {
            chosen_.assign(chosen_.size(), true);
        } else if (pattern.starts_with('@')) {
            add_label(pattern.substr(1));
        } else {
            add_names(pattern);
        }
    }

    std::vector<NodeId> chosen() const {
        std::vector<NodeId> ids;
        for (std::size_t i = 0; i < chosen_.size(); ++i) {
            if (chosen_[i]) {
                ids.push_back(node_id(i));
            }
        }
        return ids;
    }

private:
    void add_label(const std::string& label) {
        bool found = false;
        std::vector<std::string> labels;
        for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
            const auto& own = plan_.nodes[i].labels;
            labels.insert(labels.end(), own.begin(), own.end());
            if (std::ranges::find(own, label) != own.end()) {
                chosen_[i] = true;
                found = true;
            }
        }
        if (!found) {
            const auto meant = did_you_mean(label, labels);
            throw InputError{"no node of lab " + plan_.name + " has the label " + quoted(label),
                             labels.empty()  ? "no node of it has a label"
                             : meant.empty() ? "its labels: " + listed(labels)
                                             : meant};
        }
    }

    void add_names(const std::string& pattern) {
        const auto names = expand_hostlist(pattern);
        if (!names.error.empty()) {
            throw InputError{quoted(pattern) + ": " + names.error, hostlist_form};
        }
        for (const auto& name : names.names) {
            const auto found = find(name);
            if (!found) {
                refuse(name, pattern);
            }
            chosen_[*found] = true;
        }
    }

    /// The index of all names takes longer to make than a look at each for one name.
    std::optional<std::size_t> find(const std::string& name) {
        if (++searches_ == 1) {
            const auto node = std::ranges::find(plan_.nodes, name, &NodePlan::name);
            return node == plan_.nodes.end()
                       ? std::nullopt
                       : std::optional{static_cast<std::size_t>(node - plan_.nodes.begin())};
        }
        if (by_name_.empty()) {
            for (std::size_t i = 0; i < plan_.nodes.size(); ++i) {
                by_name_.emplace(plan_.nodes[i].name, i);
            }
        }
        const auto node = by_name_.find(name);
        return node == by_name_.end() ? std::nullopt : std::optional{node->second};
    }

    [[noreturn]] void refuse(const std::string& name, const std::string& pattern) const {
        std::vector<std::string> names;
        for (const auto& node : plan_.nodes) {
            names.push_back(node.name);
        }
        const auto meant = did_you_mean(name, names);
        const bool is_range = name != pattern;
        throw InputError{"lab " + plan_.name + " has no node " + quoted(name) +
                             (is_range ? ", which " + quoted(pattern) + " names" : ""),
                         meant.empty() || is_range ||
                                 pattern.find_first_of(",*?") != std::string::npos
                             ? "its nodes: " + listed(names) +
                                   "; several at once: 'h[1-3]', 'h[1,3]', '@label', all"
                             : meant};
    }

    const Plan& plan_;
    std::vector<bool> chosen_;
    std::size_t searches_ = 0;
    std::unordered_map<std::string, std::size_t> by_name_;
};

} // namespace

std::vector<NodeId> select_nodes(const Plan& plan, const std::vector<std::string>& patterns) {
    Selection selection{plan};
    for (const auto& pattern : patterns) {
        selection.add(pattern);
    }
    return selection.chosen();
}

bool names_many(const std::string& pattern) {
    return pattern == "all" || pattern.starts_with('@') || has_range(pattern);
}

} // namespace netlab
