#pragma once

#include "sys/unique_fd.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace netlab {

/// What a node tells the supervisor while it starts.
struct Report {
    enum class Kind : std::uint8_t {
        tuned,    ///< the sysctls that its interfaces are born with are written
        prepared, ///< it has its ids, mounts and host name
        ready,    ///< its sysctls are written and its set-up commands have ended well, and its
                  ///< services are ready
        failed,
    };
    /// What failed: the file system, a sysctl, a command or a service, of which `item` is the
    /// index, or its clocks.
    enum class Subject : std::uint8_t { root, sysctl, command, service, clock };

    std::uint32_t node = 0;
    Kind kind = Kind::tuned;
    Subject subject = Subject::root;
    std::uint32_t item = 0;
    std::string message;
};

/// Writes a report to a pipe in one piece (PIPE_BUF); the message is cut to fit. Losing it is the
/// reader's to notice.
void send_report(int pipe, const Report& report);

/// The reports of all nodes come out of one pipe.
class ReportReader {
public:
    /// Reads what is there without waiting. Throws std::system_error, and std::runtime_error if it
    /// is not of the form of a report. Whether there is such a node and such an item is the
    /// caller's to check.
    std::vector<Report> read(const UniqueFd& pipe);

private:
    std::string pending_;
};

} // namespace netlab
