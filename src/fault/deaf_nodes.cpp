#include "fault/deaf_nodes.h"

#include "base/side_by_side.h"
#include "sys/scoped_netns.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <random>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace netlab {

namespace {

/// Whom each node does not hear.
std::map<NodeId, std::vector<NodeId>> unheard_by(const std::vector<Separation>& separations) {
    std::map<NodeId, std::vector<NodeId>> unheard;
    for (const auto& one : separations) {
        for (const auto id : one.to) {
            auto& senders = unheard[id];
            senders.insert(senders.end(), one.from.begin(), one.from.end());
        }
    }
    return unheard;
}

/// A thread does so many nodes before it asks for more.
constexpr std::size_t nodes_at_a_time = 4;

/// A node that is to be deaf.
struct Listener {
    NodeId id{};
    const std::vector<NodeId>& unheard;
    NftSocket& socket;
    bool deaf = false;
    std::string refusal{};
};

/// The tables that were asked for last: all nodes of a side on the same links are deaf to the same
/// others.
class KnownTables {
public:
    KnownTables(const Senders& senders, const std::string& name) : senders_{senders}, name_{name} {}

    const DeafTable& of(const Listener& listener) {
        auto where = senders_.whereabouts(listener.id);
        for (const auto& one : known_) {
            if (one && *one->unheard == listener.unheard && one->where == where) {
                return one->table;
            }
        }
        auto& oldest = known_.at(next_++ % known_.size());
        oldest.emplace(Known{&listener.unheard, std::move(where),
                             DeafTable{name_,
                                       {senders_.macs(listener.id, listener.unheard),
                                        ranges_of(listener.unheard)}}});
        return oldest->table;
    }

private:
    struct Known {
        const std::vector<NodeId>* unheard;
        std::vector<std::size_t> where;
        DeafTable table;
    };

    /// Nodes elsewhere may be deaf to the same, too.
    const std::vector<AddressRange>& ranges_of(const std::vector<NodeId>& unheard) {
        if (last_unheard_ == nullptr || *last_unheard_ != unheard) {
            last_unheard_ = &unheard;
            last_ranges_ = senders_.ranges(unheard);
        }
        return last_ranges_;
    }

    const Senders& senders_;
    const std::string& name_;
    std::array<std::optional<Known>, 4> known_{};
    std::size_t next_ = 0;
    const std::vector<NodeId>* last_unheard_ = nullptr;
    std::vector<AddressRange> last_ranges_{};
};

/// On all processors: each network namespace has a lock of its own for its rules. Ends early when
/// one of them refuses.
void make_deaf(std::vector<Listener>& listeners, const Senders& senders, const std::string& name) {
    std::atomic<bool> refused{false};
    side_by_side(listeners.size(), nodes_at_a_time, [&](Portions& portions) {
        KnownTables tables{senders, name};
        while (const auto portion = portions.take()) {
            for (auto i = portion->begin; i < portion->end && !refused; ++i) {
                auto& one = listeners[i];
                try {
                    tables.of(one).put_in(one.socket);
                    one.deaf = true;
                } catch (const std::system_error& error) {
                    one.refusal = error.what();
                    refused = true;
                }
            }
        }
    });
}

} // namespace

/// A name that nobody can guess: a node's root could have a table of that name already.
const std::string& DeafNodes::table_of(const std::string& name) {
    const auto [table, is_new] = tables_.try_emplace(name);
    if (is_new) {
        std::random_device random;
        table->second = fmt::format("netlab-{}-{:08x}{:08x}", name, random(), random());
    }
    return table->second;
}

NftSocket& DeafNodes::socket_of(NodeId id) {
    const auto found = sockets_.find(id);
    if (found != sockets_.end()) {
        return found->second;
    }
    const ScopedNetns netns{lab_.nodes[index(id)].pid};
    return sockets_.try_emplace(id).first->second;
}

const Senders& DeafNodes::senders() {
    if (!senders_) {
        senders_.emplace(lab_.plan);
    }
    return *senders_;
}

void DeafNodes::part(const std::string& name, const std::vector<Separation>& separations) {
    const auto unheard = unheard_by(separations);
    std::vector<Listener> listeners;
    const auto refuse = [&](NodeId id, const std::string& why) {
        throw std::runtime_error{
            fmt::format("nothing was parted: node {}: {}", lab_.plan.nodes[index(id)].name, why)};
    };
    for (const auto& [id, from] : unheard) {
        if (lab_.nodes[index(id)].running) {
            try {
                listeners.push_back({id, from, socket_of(id)});
            } catch (const std::system_error& error) {
                refuse(id, error.what());
            }
        }
    }
    make_deaf(listeners, senders(), table_of(name));
    const auto refusal =
        std::ranges::find_if(listeners, [](const Listener& one) { return !one.refusal.empty(); });
    if (refusal == listeners.end()) {
        return;
    }
    std::vector<NodeId> deaf;
    for (const auto& one : listeners) {
        if (one.deaf) {
            deaf.push_back(one.id);
        }
    }
    remove(name, deaf);
    refuse(refusal->id, refusal->refusal);
}

void DeafNodes::join(const std::string& name, const std::vector<Separation>& separations) {
    std::vector<NodeId> deaf;
    for (const auto& [id, from] : unheard_by(separations)) {
        deaf.push_back(id);
    }
    remove(name, deaf);
}

void DeafNodes::remove(const std::string& name, const std::vector<NodeId>& nodes) {
    for (const auto id : nodes) {
        const auto socket = sockets_.find(id);
        if (socket == sockets_.end()) {
            continue;
        }
        try {
            hear_again(socket->second, table_of(name));
        } catch (const std::system_error& error) {
            spdlog::error("node {}: {}", lab_.plan.nodes[index(id)].name, error.what());
        }
    }
    tables_.erase(name);
}

void DeafNodes::disarm() {
    for (auto& [id, socket] : sockets_) {
        try {
            hear_all(socket);
        } catch (const std::system_error& error) {
            spdlog::error("node {}: {}", lab_.plan.nodes[index(id)].name, error.what());
        }
    }
}

void DeafNodes::part_anew(NodeId id, const std::string& name,
                          const std::vector<Separation>& separations) {
    const auto unheard = unheard_by(separations);
    if (const auto one = unheard.find(id); one != unheard.end()) {
        go_deaf(socket_of(id), table_of(name),
                {senders().macs(id, one->second), senders().ranges(one->second)});
    }
}

} // namespace netlab
