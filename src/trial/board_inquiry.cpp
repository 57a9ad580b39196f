#include "trial/board_inquiry.h"

#include "control/client.h"
#include "sys/check.h"
#include "sys/pass_descriptor.h"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/socket.h>

namespace netlab {

namespace {

using nlohmann::json;

/// In the child. Descriptors have a way of their own beside the answer.
json ask_for_boards(const std::filesystem::path& lab, const std::set<std::string>& nodes,
                    const UniqueFd& to) {
    auto answer = json::array();
    for (const auto& handle : LabClient{lab}.boards({nodes.begin(), nodes.end()})) {
        const auto& node = handle.node;
        if (handle.board && !send_with_descriptor(to, node.name, handle.board.get())) {
            throw_errno(errno, "pass on the board of node " + node.name);
        }
        json one{{"node", node.name},
                 {"running", node.running},
                 {"services", json::array()},
                 {"states", json::array()}};
        for (const auto& service : node.services) {
            one["services"].push_back(service.name);
            one["states"].push_back(service.state);
        }
        answer.push_back(std::move(one));
    }
    return answer;
}

} // namespace

BoardInquiry::BoardInquiry(const std::filesystem::path& lab, std::set<std::string> nodes)
    : nodes_{std::move(nodes)} {
    std::array<int, 2> ends{};
    check(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()),
          "make a socket for the boards of nodes");
    socket_.reset(ends[0]);
    const UniqueFd to{ends[1]};
    errand_.emplace([&] { return ask_for_boards(lab, nodes_, to); });
}

void BoardInquiry::add_fds(std::vector<int>& fds) const {
    fds.push_back(socket_.get());
    fds.push_back(errand_->fd());
}

void BoardInquiry::take_boards() {
    constexpr std::size_t longest_name = 256;
    for (;;) {
        std::array<char, longest_name> name{};
        auto passed = receive_with_descriptors(socket_.get(), name, 1, MSG_DONTWAIT);
        if (passed.size <= 0) { // there is no other yet, or never
            return;
        }
        if (!passed.descriptors.empty()) {
            boards_[{name.data(), static_cast<std::size_t>(passed.size)}] =
                std::move(passed.descriptors.front());
        }
    }
}

bool BoardInquiry::take() {
    take_boards(); // or the child might wait for room
    if (!errand_->take()) {
        return false;
    }
    take_boards();
    return true;
}

std::vector<NodeBoard> BoardInquiry::boards() {
    std::vector<NodeBoard> all;
    for (const auto& one : errand_->result()) {
        NodeBoard node{one.at("node").get<std::string>(), one.at("running").get<bool>(),
                       one.at("services").get<std::vector<std::string>>(),
                       one.at("states").get<std::vector<std::string>>(), UniqueFd{}};
        node.board = std::move(boards_[node.node]);
        all.push_back(std::move(node));
    }
    return all;
}

} // namespace netlab
