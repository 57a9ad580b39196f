#pragma once

#include "node/service_board.h"
#include "sys/unique_fd.h"
#include "trial/board_inquiry.h"
#include "trial/event_log.h"

#include <filesystem>
#include <list>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace netlab {

/// Notes each change of a service's state, by looking at the boards that nodes keep.
class ServiceWatch {
public:
    /// Throws std::system_error, std::runtime_error.
    ServiceWatch(std::filesystem::path lab, EventLog& events);

    /// Looks, and records what has changed since.
    void look();
    /// Asks, unless it is asking, for other boards, which nodes have that were started anew, and
    /// for nodes that have ended, whose boards say what was true before. The answer is not waited
    /// for: see take(). Throws nothing but what the record throws.
    void ask(std::set<std::string>& nodes);
    /// Adds the descriptors by which an answer comes.
    void add_fds(std::vector<int>& fds) const;
    /// Takes the answer, if it is there. Nodes of `ask` come back into `nodes` if they are to be
    /// asked for again: neither have they other boards, nor are they without services. Throws as
    /// ask().
    void take(std::set<std::string>& nodes);
    /// Asks for those nodes and waits for the answer. Throws as ask().
    void ask_at_last(std::set<std::string> nodes);
    /// Writes what services have printed to FOLDER/NODE-SERVICE.log. Throws std::system_error.
    void write_logs(const std::filesystem::path& folder) const;

private:
    struct Watched {
        std::string node;
        std::vector<std::string> services;
        UniqueFd memory;
        ServiceBoard board;
        std::vector<std::string> states; ///< as recorded last
        bool has_ended = false;          ///< the node
    };

    Watched* find(const std::string& node, const UniqueFd& memory);
    void add(NodeBoard node);
    void take_board(NodeBoard node, std::set<std::string>& nodes);
    void end_older(const std::string& node);
    void note_trouble(const std::string& text);
    void note(Watched& watched, std::size_t service, const std::string& state);

    std::filesystem::path lab_;
    EventLog& events_;
    std::list<Watched> watched_;
    std::unique_ptr<BoardInquiry> inquiry_; ///< under way
    std::string trouble_;                   ///< noted last
};

} // namespace netlab
