#include "fault/deaf_nodes.h"

#include "sys/scoped_netns.h"

#include <algorithm>
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
    const std::vector<NodeId>* last = nullptr; // the nodes of a side do not hear the same others
    Deafness deafness;
    for (auto one = unheard.begin(); one != unheard.end(); ++one) {
        const auto& [id, from] = *one;
        if (!lab_.nodes[index(id)].running) {
            continue;
        }
        try {
            if (last == nullptr || *last != from) {
                deafness.ranges = senders().ranges(from);
                last = &from;
            }
            deafness.macs = senders().macs(id, from);
            go_deaf(socket_of(id), table_of(name), deafness);
        } catch (const std::system_error& error) {
            remove(name, unheard, one);
            throw std::runtime_error{fmt::format("nothing was parted: node {}: {}",
                                                 lab_.plan.nodes[index(id)].name, error.what())};
        }
    }
}

void DeafNodes::join(const std::string& name, const std::vector<Separation>& separations) {
    const auto unheard = unheard_by(separations);
    remove(name, unheard, unheard.end());
}

void DeafNodes::remove(const std::string& name, const Unheard& unheard,
                       Unheard::const_iterator end) {
    for (auto one = unheard.begin(); one != end; ++one) {
        const auto socket = sockets_.find(one->first);
        if (socket == sockets_.end()) {
            continue;
        }
        try {
            hear_again(socket->second, table_of(name));
        } catch (const std::system_error& error) {
            spdlog::error("node {}: {}", lab_.plan.nodes[index(one->first)].name, error.what());
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
