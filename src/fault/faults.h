#pragma once

#include "fault/cable_changes.h"
#include "fault/clocks.h"
#include "fault/cut.h"
#include "fault/deaf_nodes.h"
#include "fault/link_change.h"
#include "fault/separation.h"
#include "lab/lab.h"
#include "node/standstill.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace netlab {

/// Something that a command broke in a running lab.
struct Fault {
    enum class Kind : std::uint8_t {
        partition, ///< nodes do not hear others
        cut,       ///< links are down that keep nodes apart
        link,      ///< a link is not as the topology file says
        pause,     ///< no process of a node runs
        kill,      ///< a node has lost its power, which `revive` gives back, not `heal`
        clock,     ///< a node's wall clock is not as the topology file says
    };

    std::string id; ///< by which it is healed: p1, the name that it was given, the link's,
                    ///< pause:n1, kill:n1, clock:n1
    Kind kind = Kind::partition;
    std::string what;                              ///< in a line
    std::string command;                           ///< that broke it
    std::chrono::system_clock::time_point since{}; ///< when that was done
    std::vector<Separation> separations{};         ///< of a partition
    std::vector<LinkId> links{};                   ///< of the other kinds
    std::vector<std::size_t> cables{};             ///< of a cut
    std::vector<NodeId> nodes{};                   ///< of a pause, a kill and a clock
    std::string refusal{};                         ///< why it could not be healed
};

/// What a command has healed.
struct Healed {
    std::vector<Fault> faults;           ///< those that could not be have a `refusal`
    std::vector<std::size_t> plugged_in; ///< cables with new carriers: see pass_over_noted
};

/// All that is broken in a lab on purpose. Each fault has rules or holds of its own, so that they
/// compose, and to heal one heals no other.
class Faults {
public:
    explicit Faults(Lab& lab) : lab_(lab), deaf_(lab), clocks_(lab) {}

    /// Parts the lab, everywhere or nowhere. `name` may be empty: then it is called p1, p2, …
    /// Throws InputError for a name that cannot be or is taken, std::runtime_error for what the
    /// kernel refused.
    const Fault& part(const Partition& partition, const std::string& name,
                      const std::string& command);
    /// Takes cables down that nothing but this fault's end brings up again, however else they go
    /// down and up. All of them or none; throws as part().
    const Fault& cut(const Cut& cut, const std::string& name, const std::string& command);
    /// See the function of that name.
    ChangedLinks change_links(const LinkChange& change, const std::string& command);

    /// Stops every process of the nodes that are not paused yet, or of none; those in a cgroup are
    /// left to whoever can freeze it. Throws std::runtime_error if a node does not run, and for
    /// what the kernel refused.
    void pause(const std::vector<NodeId>& nodes, const std::string& command);
    /// Lets those of them go on that are paused.
    void resume(const std::vector<NodeId>& nodes);

    /// Changes the wall clocks of running nodes, of all or of none. Throws InputError for what
    /// cannot be, std::runtime_error if a node does not run and for what the kernel refused.
    void change_clocks(const std::vector<NodeId>& nodes, const ClockChange& change,
                       const std::string& command);

    /// Cuts the power of nodes: each stands still, its cables are pulled at both ends, and its PID
    /// 1 gets SIGKILL. Other nodes keep their interfaces, without carrier. The nodes' ends are to
    /// be waited for. Throws std::runtime_error if a node does not run or a cable cannot be pulled;
    /// then all go on.
    void kill(const std::vector<NodeId>& nodes, const std::string& command);
    /// The same, of nodes that were killed and do not start as they should: their files are not to
    /// be kept, and they stay on the list. Throws std::runtime_error; then all go on.
    void fell(const std::vector<NodeId>& nodes);
    /// Faults in force hold for a node that starts again. Throws std::runtime_error.
    void prepare(NodeId id);
    /// A node has its power back.
    void take_back(NodeId id) { killed_.erase(id); }

    /// What is broken now: partitions and cuts by age, then links, nodes and clocks in file order.
    std::vector<Fault> list() const;
    /// Heals the faults that `ids` name; if `all`, all of them but kills and what is changed about
    /// links of nodes that have ended. One that cannot be healed keeps no other from it. Throws
    /// InputError for a name that none has and for a kill; then nothing is healed.
    Healed heal(const std::vector<std::string>& ids, bool all);

    /// Takes the rules away that the kernel would take long to find at the lab's end.
    void disarm() { deaf_.disarm(); }
    /// Takes note of the end of a node.
    void forget(NodeId id);

private:
    struct Origin {
        std::string command;
        std::chrono::system_clock::time_point since;
    };

    std::string name_for(const std::string& name);
    std::vector<Fault> chosen(const std::vector<std::string>& ids) const;
    bool can_heal(const Fault& fault) const;
    void heal(const Fault& fault, Healed& healed);
    void check_running(const std::vector<NodeId>& nodes) const;
    void refuse_starting(const std::vector<NodeId>& nodes) const;
    std::vector<Standstill> stand_still(const std::vector<NodeId>& nodes) const;
    void cut_power(const std::vector<NodeId>& nodes, bool keeps_files);
    void end_all(const std::vector<NodeId>& nodes, const std::function<void(NodeId)>& killed);
    CableChanges pulled(const std::vector<NodeId>& nodes) const;
    void add_nodes(std::vector<Fault>& faults, Fault::Kind kind) const;
    std::vector<std::size_t> mend(const std::vector<std::size_t>& cables);

    Lab& lab_;
    DeafNodes deaf_;
    Clocks clocks_;
    std::vector<Fault> faults_;
    std::map<LinkId, Origin> changed_; ///< links, by their last change
    std::map<NodeId, Origin> paused_;
    std::map<NodeId, Origin> killed_;
    std::uint64_t last_number_ = 0;
};

/// `partition`, `cut`, `link`, `pause`, `kill` or `clock`.
std::string_view to_string(Fault::Kind kind);

} // namespace netlab
