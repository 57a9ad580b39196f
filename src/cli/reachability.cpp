#include "cli/reachability.h"

#include "base/diagnostic.h"
#include "cli/visit_nodes.h"
#include "lab/host_limits.h"
#include "netlink/neighbours.h"
#include "sys/process.h"

#include <algorithm>
#include <map>
#include <set>

#include <sys/resource.h>

namespace netlab {

namespace {

/// Descriptors that are open beside the senders': stdio, the lab's socket, a piece of pidfds,
/// epoll.
constexpr std::size_t other_files = 64;
constexpr std::size_t most_senders = 500;

std::size_t senders_at_a_time() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= other_files + 2) {
        return 1;
    }
    return std::clamp<std::size_t>((limit.rlim_cur - other_files) / 2, 1, most_senders);
}

/// Two that ask each other by both families make two entries of each, so this many take half of a
/// table, and leave half to others.
std::size_t requests_at_a_time() {
    constexpr std::uint64_t usual = 1024; // gc_thresh3 of a host that does not show it
    const auto limit = neighbour_limit();
    return std::max<std::size_t>(limit == 0 ? usual : limit, 16);
}

std::vector<NodeAnswer> with_addresses(LabClient& client,
                                       const std::vector<std::string>& patterns) {
    auto nodes = client.nodes(patterns);
    std::erase_if(nodes, [](const NodeAnswer& node) { return node.addresses.empty(); });
    if (nodes.empty()) {
        throw InputError{"none of these nodes has an address",
                         "hosts and routers have, switches have none"};
    }
    return nodes;
}

bool has_family(const NodeAnswer& node, Family family) {
    return std::ranges::any_of(node.addresses,
                               [&](const IpAddress& own) { return own.family == family; });
}

/// The senders of some nodes, those that run.
class Senders {
public:
    Senders(NodeVisits& visits, const std::vector<std::string>& names) {
        visits.each(names, [&](const NodeHandle& handle) {
            if (handle.pidfd) {
                numbers_.emplace(handle.node.name, senders_.size());
                senders_.emplace_back();
            }
        });
    }

    std::optional<std::size_t> number_of(const std::string& name) const {
        const auto found = numbers_.find(name);
        return found == numbers_.end() ? std::nullopt : std::optional{found->second};
    }
    const std::vector<PingSender>& all() const { return senders_; }

private:
    std::map<std::string, std::size_t> numbers_;
    std::vector<PingSender> senders_;
};

class Survey {
public:
    Survey(LabClient& client, const ReachRequest& request)
        : request_(request), from_(with_addresses(client, request.from)),
          to_(with_addresses(client, request.to)) {}

    Reachability run(LabClient& client) {
        raise_open_files_limit();
        NodeVisits visits{client};
        Reachability found{names_of(from_), names_of(to_), {}};
        const auto piece = senders_at_a_time();
        for (std::size_t begin = 0; begin < from_.size(); begin += piece) {
            ask(visits, begin, std::min(begin + piece, from_.size()), found);
        }
        std::ranges::stable_sort(found.pairs, {}, [](const ReachedPair& pair) {
            return std::pair{pair.from, pair.to};
        });
        return found;
    }

private:
    static std::vector<std::string> names_of(const std::vector<NodeAnswer>& nodes) {
        std::vector<std::string> names;
        for (const auto& node : nodes) {
            names.push_back(node.name);
        }
        return names;
    }

    ReachedPair pair_of(std::size_t from, std::size_t to) const {
        ReachedPair pair{from, to, {}};
        for (const auto& address : to_[to].addresses) {
            if (has_family(from_[from], address.family) &&
                request_.family.value_or(address.family) == address.family) {
                pair.addresses.push_back({address, {}});
            }
        }
        return pair;
    }

    /// Nodes number `begin` to `end` of `from_`, in turns, each beginning with another of `to_`, so
    /// that neither many ask one node at once nor one asks many. Of a square, who asks and who is
    /// asked are the other way round soon after: both know each other then.
    std::vector<ReachedPair> pairs_of(std::size_t begin, std::size_t end) const {
        std::vector<ReachedPair> pairs;
        for (std::size_t turn = 0; turn < to_.size(); ++turn) {
            const auto half = (turn + 1) / 2;
            const auto distance = turn % 2 == 1 ? half : (to_.size() - half) % to_.size();
            for (auto from = begin; from < end; ++from) {
                const auto to = (from + distance) % to_.size();
                if (from_[from].name != to_[to].name) {
                    pairs.push_back(pair_of(from, to));
                }
            }
        }
        return pairs;
    }

    /// All at once, unless the machine's table of neighbours is too small for that: then as many as
    /// have room in it, and what they have learned is forgotten before the next ones.
    void ask(NodeVisits& visits, std::size_t begin, std::size_t end, Reachability& found) const {
        const auto& all = found.from;
        const Senders senders{visits,
                              {all.begin() + static_cast<std::ptrdiff_t>(begin),
                               all.begin() + static_cast<std::ptrdiff_t>(end)}};
        auto pairs = pairs_of(begin, end);
        auto pace = request_.pace;
        pace.stop_when_crowded = true;
        if (!ask_pairs(senders, pairs, pace, {})) {
            std::ranges::stable_sort(pairs, {}, block_of);
            ask_pairs(senders, pairs, request_.pace,
                      {requests_at_a_time(), [&] { forget_all(visits); }});
            forget_all(visits);
        }
        std::ranges::move(pairs, std::back_inserter(found.pairs));
    }

    /// Nodes that are near each other in the file ask each other before others do: these go by few
    /// links, and who asks and who is asked change places soon, so that few neighbours are learned.
    static std::pair<std::size_t, std::size_t> block_of(const ReachedPair& pair) {
        constexpr std::size_t side = 16; // both ways and by both families 1024 requests
        return std::minmax({pair.from / side, pair.to / side});
    }

    /// False if the kernel had no room for all that they learn.
    bool ask_pairs(const Senders& senders, std::vector<ReachedPair>& pairs, const PingPace& pace,
                   const PingTurns& turns) const {
        std::vector<PingRequest> requests;
        std::vector<PingOutcome*> places;
        for (auto& pair : pairs) {
            const auto sender = senders.number_of(from_[pair.from].name);
            for (auto& [address, outcome] : pair.addresses) {
                if (sender) {
                    requests.push_back({*sender, address});
                    places.push_back(&outcome);
                } else {
                    outcome.trouble = "the node that asks has ended";
                }
            }
        }
        auto outcomes = ping(senders.all(), requests, pace, turns);
        const bool crowded = std::ranges::any_of(outcomes, &PingOutcome::crowded);
        for (std::size_t i = 0; i < places.size(); ++i) {
            *places[i] = std::move(outcomes[i]);
        }
        return !crowded;
    }

    void forget_all(NodeVisits& visits) const {
        std::set<std::string> names;
        for (const auto* nodes : {&from_, &to_}) {
            for (const auto& node : *nodes) {
                names.insert(node.name);
            }
        }
        visits.each({names.begin(), names.end()}, [](const NodeHandle& handle) {
            if (handle.pidfd) {
                Socket socket;
                forget_neighbours(socket);
            }
        });
    }

    const ReachRequest& request_;
    std::vector<NodeAnswer> from_;
    std::vector<NodeAnswer> to_;
};

} // namespace

bool ReachedPair::answered() const {
    return !addresses.empty() && std::ranges::all_of(addresses, [](const ReachedAddress& one) {
        return one.outcome.time.has_value();
    });
}

bool Reachability::all_answered() const {
    return std::ranges::all_of(pairs, &ReachedPair::answered);
}

Reachability reachability(LabClient& client, const ReachRequest& request) {
    return Survey{client, request}.run(client);
}

} // namespace netlab
