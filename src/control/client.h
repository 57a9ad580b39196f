#pragma once

#include "control/link_request.h"
#include "control/request.h"
#include "sys/unique_fd.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace netlab {

/// A node of a running lab and the way into it.
struct NodeHandle {
    NodeAnswer node;
    UniqueFd pidfd;   ///< of its PID 1; none if it does not run
    UniqueFd board{}; ///< of its services, where they were asked for
};

/// A command's side of the conversation with a lab's supervisor.
class LabClient {
public:
    /// Connects to the lab whose state folder is `path`. Throws std::system_error.
    explicit LabClient(const std::filesystem::path& path);

    /// The selected nodes in file order, without descriptors. Throws InputError for unknown ones.
    std::vector<NodeAnswer> nodes(const std::vector<std::string>& patterns);
    /// Their names alone, which for thousands is far less to write and to read. Throws InputError.
    std::vector<std::string> names(const std::vector<std::string>& patterns);
    /// The selected nodes with a pidfd each, to look at them. Throws InputError for unknown ones.
    std::vector<NodeHandle> visit(const std::vector<std::string>& patterns);
    /// The same, to run something in them. Throws InputError for unknown ones.
    std::vector<NodeHandle> join(const std::vector<std::string>& patterns);

    /// The selected nodes, those with services with their boards. Throws InputError for unknown
    /// ones.
    std::vector<NodeHandle> boards(const std::vector<std::string>& patterns);

    /// Stops or starts the selected nodes, or `service` of one. Waits until it is done. Throws
    /// InputError for what the user can mend, std::runtime_error for what did not go well.
    std::vector<NodeAnswer> stop(const std::vector<std::string>& patterns,
                                 const std::string& service, std::chrono::milliseconds patience);
    /// Nodes that were killed start, too, with their files or, if `wipe`, without.
    std::vector<NodeAnswer> start(const std::vector<std::string>& patterns,
                                  const std::string& service, bool wipe = false);

    /// The links that are named (as in LinkChange), all for none. Throws InputError for unknown
    /// ones.
    std::vector<LinkAnswer> links(const std::vector<std::string>& targets);
    /// Changes links and answers with them as they are then. Throws InputError for what the user
    /// can mend, and std::runtime_error for what the kernel refused; then nothing has changed.
    std::vector<LinkAnswer> change_links(const LinkChange& change);

    /// Parts nodes, everywhere or nowhere, and answers with the fault. Throws InputError for what
    /// the user can mend, and std::runtime_error for what the kernel refused.
    FaultAnswer part(const FaultRequest& request);
    /// Heals the faults that the request names, and answers with them; those that could not be
    /// healed have a `refusal`. Throws as part().
    std::vector<FaultAnswer> heal(const FaultRequest& request);
    /// Stops all processes of the selected nodes where they are, and lets them go on; of those in a
    /// cgroup nothing but the note is taken. Throws as part().
    std::vector<NodeAnswer> pause(const std::vector<std::string>& patterns);
    std::vector<NodeAnswer> resume(const std::vector<std::string>& patterns);
    /// Cuts the power of the selected nodes, and answers when they have ended. Throws as part().
    std::vector<NodeAnswer> kill(const std::vector<std::string>& patterns);
    /// Changes the wall clocks of the selected nodes, all or none. Throws as part().
    std::vector<NodeAnswer> change_clocks(const std::vector<std::string>& patterns,
                                          const ClockChange& change);
    /// What is broken now.
    std::vector<FaultAnswer> faults();

    /// Asks the supervisor to end all nodes, and then itself. Throws std::runtime_error if that is
    /// not answered soon.
    void end();

    /// The command that requests are made for, as faults show it; netlab's own by itself.
    void set_command(std::string command) { command_ = std::move(command); }

    /// Makes an uplink in the network namespace behind the descriptor; puts what holds it into the
    /// last. Returns its addresses. Throws std::runtime_error.
    using MakeUplink = std::function<std::string(const UplinkWanted&, const UniqueFd& netns,
                                                 const UniqueFd& supervisor, UniqueFd& holder)>;
    /// How start() gives ways out back: see make_ways_out.
    void set_uplinks(MakeUplink make) { make_uplink_ = std::move(make); }

    /// A pidfd of the supervisor itself. Throws std::system_error.
    UniqueFd supervisor() const;

private:
    const std::string& command();
    std::vector<NodeHandle> ask(const Request& request);
    std::vector<NodeAnswer> answers(const Request& request);
    std::vector<LinkAnswer> ask_links(const Request& request);
    std::vector<FaultAnswer> ask_faults(Request::Kind kind, const FaultRequest& fault);

    void answer_uplink(const UplinkWanted& wanted, const std::vector<UniqueFd>& fds);

    UniqueFd socket_;
    std::string command_;
    MakeUplink make_uplink_;
};

/// Ends the lab whose state folder is `path`: its supervisor is killed, and with it by the kernel
/// every process of every node; then the folder goes. Needs no help from the supervisor, but asks
/// for it. Throws std::system_error, and std::runtime_error if the kernel has not ended them within
/// `patience`.
void end_lab(const std::filesystem::path& path,
             std::chrono::seconds patience = std::chrono::seconds{30});

} // namespace netlab
