#include "node/report.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <stdexcept>
#include <tuple>

#include <unistd.h>

namespace netlab {

namespace {

struct Header {
    std::uint32_t node;
    std::uint32_t item;
    std::uint32_t message_size;
    Report::Kind kind;
    Report::Subject subject;
    std::uint16_t unused;
};

constexpr std::size_t longest_message = PIPE_BUF - sizeof(Header);

/// What comes out of the pipe is believed only so far: a size that is none would have the reader
/// wait, and gather, for ever.
void check_form(const Header& header) {
    if (header.message_size > longest_message || header.kind > Report::Kind::failed ||
        header.subject > Report::Subject::clock) {
        throw std::runtime_error{"the nodes' pipe holds what is no report of a node"};
    }
}

} // namespace

void send_report(int pipe, const Report& report) {
    std::array<char, PIPE_BUF> frame{};
    const Header header{
        report.node,
        report.item,
        static_cast<std::uint32_t>(std::min(report.message.size(), longest_message)),
        report.kind,
        report.subject,
        0};
    std::memcpy(frame.data(), &header, sizeof header);
    std::memcpy(frame.data() + sizeof header, report.message.data(), header.message_size);
    std::ignore = ::write(pipe, frame.data(), sizeof header + header.message_size);
}

std::vector<Report> ReportReader::read(const UniqueFd& pipe) {
    std::array<char, 65536> buffer; // NOLINT(*-member-init): read(2) fills it
    const auto n = ::read(pipe.get(), buffer.data(), buffer.size());
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        throw_errno(errno, "read the nodes' reports");
    }
    pending_.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
    std::vector<Report> reports;
    std::size_t offset = 0;
    while (pending_.size() - offset >= sizeof(Header)) {
        Header header{};
        std::memcpy(&header, pending_.data() + offset, sizeof header);
        check_form(header);
        if (pending_.size() - offset < sizeof header + header.message_size) {
            break;
        }
        reports.push_back({header.node, header.kind, header.subject, header.item,
                           pending_.substr(offset + sizeof header, header.message_size)});
        offset += sizeof header + header.message_size;
    }
    pending_.erase(0, offset);
    return reports;
}

} // namespace netlab
