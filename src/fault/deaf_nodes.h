#pragma once

#include "fault/senders.h"
#include "fault/separation.h"
#include "lab/lab.h"
#include "netlink/nft_socket.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace netlab {

/// Makes nodes deaf to others by nftables in their own network namespaces: one table for each fault
/// and node. A node has one socket, to which its tables belong; it is kept, because the kernel
/// takes ten milliseconds over one that is closed with tables (synchronize_rcu).
class DeafNodes {
public:
    explicit DeafNodes(const Lab& lab) : lab_(lab) {}

    /// Every node that hears less by the separations gets a table for `name`, or none does. Those
    /// that have ended do without. Throws std::runtime_error that names the node that refused.
    void part(const std::string& name, const std::vector<Separation>& separations);
    /// Takes it away again, wherever it still is.
    void join(const std::string& name, const std::vector<Separation>& separations);

    /// A node that has been started again gets the table. Throws std::system_error.
    void part_anew(NodeId id, const std::string& name, const std::vector<Separation>& separations);
    /// All nodes hear again, and no fault knows.
    void disarm();
    /// A node has ended; a socket would keep its network namespace.
    void forget(NodeId id) { sockets_.erase(id); }

private:
    const std::string& table_of(const std::string& name);
    NftSocket& socket_of(NodeId id);
    const Senders& senders();
    void remove(const std::string& name, const std::vector<NodeId>& nodes);

    const Lab& lab_;
    std::optional<Senders> senders_;
    std::map<NodeId, NftSocket> sockets_;
    std::map<std::string, std::string> tables_; ///< of faults in force
};

} // namespace netlab
