#pragma once

#include "sys/unique_fd.h"

#include <functional>
#include <string>

#include <nlohmann/json.hpp>
#include <sys/types.h>

namespace netlab {

/// Work that may block, or that enters namespaces for good: done by a child process, so that the
/// schedule goes on. The child is killed when this goes, and when this process dies.
class Errand {
public:
    /// Throws std::system_error if there can be no child. What `work` throws is told by error().
    explicit Errand(const std::function<nlohmann::json()>& work);
    ~Errand();
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;

    /// Readable when there is something to take.
    int fd() const { return either_.get(); }
    /// Takes what the child has said. Returns whether it has ended.
    bool take();

    /// Throws nothing: a child that has ended takes none.
    void send_signal(int signal) const;

    /// Why the work could not be done; empty if it was.
    const std::string& error() const { return error_; }
    const nlohmann::json& result() const { return result_; }

private:
    bool has_died() const;
    void finish();

    UniqueFd from_;
    UniqueFd child_end_; ///< pidfd: what it has started may hold the pipe for longer
    UniqueFd either_;    ///< an epoll instance of both
    pid_t child_ = -1;
    std::string text_;
    std::string error_;
    nlohmann::json result_;
};

} // namespace netlab
