#pragma once

#include "sys/unique_fd.h"

#include <csignal>
#include <initializer_list>

namespace netlab {

/// Signals that wait in a descriptor while this lives (signalfd(2), non-blocking), but for those
/// that the caller has ignored (nohup).
class BlockedSignals {
public:
    /// Throws std::system_error.
    explicit BlockedSignals(std::initializer_list<int> signals);
    ~BlockedSignals();
    BlockedSignals(const BlockedSignals&) = delete;
    BlockedSignals& operator=(const BlockedSignals&) = delete;

    int fd() const { return fd_.get(); }
    /// The next that waits; 0: none does.
    int take() const;

private:
    sigset_t before_{};
    UniqueFd fd_;
};

} // namespace netlab
