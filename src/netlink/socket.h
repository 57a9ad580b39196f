#pragma once

#include "netlink/batch.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

struct mnl_socket;
struct nlmsghdr;

namespace netlab {

/// A request that the kernel refused, or never acknowledged (ETIMEDOUT, ENOBUFS). `code()` is the
/// errno; `what()` is the kernel's own text (extended acknowledgement) where it gave one, else the
/// errno's.
class RequestError : public std::system_error {
public:
    RequestError(int error, Tag tag, std::string kernel_text);

    const char* what() const noexcept override;
    Tag tag() const { return tag_; }
    /// Empty if the kernel said nothing beyond the errno.
    const std::string& kernel_text() const { return kernel_text_; }

private:
    Tag tag_;
    std::string kernel_text_;
};

/// A conversation with rtnetlink in the network namespace that the calling thread was in when this
/// was made; the thread may leave it. For one thread at a time.
///
/// Requests are sent in pieces so small that their acknowledgements fit into the receive buffer,
/// and each acknowledgement is matched by sequence number before the next piece goes out.
class Socket {
public:
    /// `patience` is the longest wait for one answer: against a hang, not a measure of the kernel,
    /// which does one thing at a time and may be taking a large lab apart. `receive_bytes` is the
    /// receive buffer that is asked for; a smaller one costs time only. Throws std::system_error.
    explicit Socket(std::chrono::milliseconds patience = std::chrono::seconds{30},
                    int receive_bytes = 1 << 20);

    /// Carries out all requests in order; a refused one does not keep the kernel from those behind
    /// it. When all are answered throws RequestError for the first refused one; at once if an
    /// acknowledgement is lost.
    void execute(const Batch& batch);

    /// Sends the one request of `batch` (begun with NLM_F_DUMP) and calls `each` with every message
    /// of the answer. Returns whether they are one consistent picture: false if something changed
    /// meanwhile. Throws RequestError.
    bool dump(const Batch& batch, const std::function<void(const nlmsghdr&)>& each);

private:
    struct Close {
        void operator()(mnl_socket* socket) const;
    };

    void send(const Batch& batch, std::size_t begin, std::size_t end);
    std::optional<RequestError> receive(const Batch& batch, std::size_t begin, std::size_t end);

    std::unique_ptr<mnl_socket, Close> socket_;
    std::size_t piece_requests_ = 1;   ///< as many as have room for their acknowledgements
    std::vector<std::byte> outgoing_;  ///< the piece under way, with its sequence numbers
    std::uint32_t first_sequence_ = 0; ///< of the piece under way
    std::uint32_t next_sequence_ = 1;
};

} // namespace netlab
