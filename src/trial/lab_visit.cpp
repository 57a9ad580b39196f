#include "trial/lab_visit.h"

#include "sys/check.h"

#include <algorithm>
#include <stdexcept>

#include <sched.h>

namespace netlab {

LabVisit::LabVisit(const std::filesystem::path& lab) : client_{lab} {
    check(::setns(client_.supervisor().get(), CLONE_NEWUSER), "enter the lab's user namespace");
}

NodeHandle& LabVisit::handle(const std::string& node) {
    const auto known =
        std::ranges::find_if(handles_, [&](const auto& one) { return one.node.name == node; });
    if (known != handles_.end()) {
        return *known;
    }
    auto found = client_.join({node});
    if (!found.front().pidfd) {
        throw std::runtime_error{"node " + node + " does not run: " + found.front().node.end};
    }
    handles_.push_back(std::move(found.front()));
    return handles_.back();
}

void LabVisit::enter(const std::string& node) {
    check(::setns(handle(node).pidfd.get(), CLONE_NEWNET), "enter the network of node {}", node);
}

void LabVisit::enter_files(const std::string& node) {
    check(::setns(handle(node).pidfd.get(), CLONE_NEWNS), "enter the files of node {}", node);
}

} // namespace netlab
