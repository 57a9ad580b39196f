#include "netlink/socket.h"

#include "netlink/attribute.h"
#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <span>

#include <libmnl/libmnl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace netlab {

namespace {

// All acknowledgements of a piece must fit into the receive buffer, or the kernel throws away what
// does not and says ENOBUFS (netlink_overrun in its net/netlink/af_netlink.c). One costs about 1 KB
// until it is read; a first one is always taken.
constexpr std::size_t most_requests = 64;
constexpr std::size_t ack_cost = 2048;
constexpr std::size_t piece_bytes = 16 * 1024;

// A refusal is 36 bytes and a line of text; one that is longer loses its text.
constexpr std::size_t ack_bytes = 512;
// The kernel makes no message of a dump larger than this.
constexpr std::size_t dump_bytes = 32 * 1024;

/// Room for the acknowledgements of one piece: each is a datagram of its own, all are read by one
/// system call.
struct AckBuffers {
    alignas(nlmsghdr) std::array<std::array<std::byte, ack_bytes>, most_requests> bytes;
    std::array<iovec, most_requests> vectors;
    std::array<sockaddr_nl, most_requests> senders;
    std::array<mmsghdr, most_requests> messages;

    AckBuffers() {
        for (std::size_t i = 0; i < most_requests; ++i) {
            vectors[i] = {bytes[i].data(), ack_bytes};
            messages[i] = {};
            messages[i].msg_hdr.msg_iov = &vectors[i];
            messages[i].msg_hdr.msg_iovlen = 1;
            messages[i].msg_hdr.msg_name = &senders[i];
            messages[i].msg_hdr.msg_namelen = sizeof(sockaddr_nl);
        }
    }

    /// Waits for a message and takes what else has arrived, `wanted` at most. Returns how many, or
    /// a negative errno.
    int receive(int fd, std::size_t wanted) {
        const auto most = static_cast<unsigned>(std::min(wanted, most_requests));
        int count = 0;
        do {
            count = ::recvmmsg(fd, messages.data(), most, MSG_WAITFORONE, nullptr);
        } while (count < 0 && errno == EINTR);
        return count < 0 ? -errno : count;
    }

    /// The next message received as number `i`; nullptr unless it is an acknowledgement by the
    /// kernel. (The root of the namespace could send to this socket too.)
    const nlmsghdr* acknowledgement(std::size_t i) const {
        const auto* header = reinterpret_cast<const nlmsghdr*>(bytes[i].data());
        const bool whole = messages[i].msg_len >= mnl_nlmsg_size(sizeof(nlmsgerr)) &&
                           header->nlmsg_len >= mnl_nlmsg_size(sizeof(nlmsgerr));
        return whole && senders[i].nl_pid == 0 && header->nlmsg_type == NLMSG_ERROR ? header
                                                                                    : nullptr;
    }
};

std::size_t piece_end(const Batch& batch, std::size_t begin, std::size_t piece_requests) {
    std::size_t bytes = 0;
    std::size_t end = begin;
    while (end < batch.size() && end - begin < piece_requests) {
        bytes += batch.request(end).size();
        if (bytes > piece_bytes && end > begin) {
            break;
        }
        ++end;
    }
    return end;
}

const nlmsgerr& error_of(const nlmsghdr& message) {
    return *static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(&message));
}

/// The text of an extended acknowledgement of which `received` bytes arrived.
std::string kernel_text(const nlmsghdr& message, std::size_t received) {
    if ((message.nlmsg_flags & NLM_F_ACK_TLVS) == 0 || message.nlmsg_len > received) {
        return {};
    }
    // Without NLM_F_CAPPED (a kernel that has no NETLINK_CAP_ACK) the request itself stands before
    // the attributes.
    std::size_t offset = sizeof(nlmsgerr);
    if ((message.nlmsg_flags & NLM_F_CAPPED) == 0) {
        offset += mnl_nlmsg_get_payload_len(&error_of(message).msg);
    }
    if (mnl_nlmsg_size(offset) > message.nlmsg_len) {
        return {};
    }
    return std::string{text_of(find_attribute(message, offset, NLMSGERR_ATTR_MSG))};
}

void set_option(mnl_socket* socket, int level, int option, const void* value, socklen_t size) {
    check(::setsockopt(mnl_socket_get_fd(socket), level, option, value, size),
          "set option {} of a netlink socket", option);
}

/// How many acknowledgements the socket has room for, after asking for `wanted` bytes of it: more
/// than net.core.rmem_max is cut by the kernel to that, without an error.
std::size_t make_room(mnl_socket* socket, int wanted) {
    set_option(socket, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    int bytes = 0;
    socklen_t size = sizeof bytes;
    check(::getsockopt(mnl_socket_get_fd(socket), SOL_SOCKET, SO_RCVBUF, &bytes, &size),
          "look at the buffer of a netlink socket");
    return std::clamp(static_cast<std::size_t>(bytes) / ack_cost, std::size_t{1}, most_requests);
}

RequestError lost(int error, Tag tag) {
    if (error == EAGAIN) {
        return {ETIMEDOUT, tag, "the kernel did not answer this request in time"};
    }
    if (error == ENOBUFS) {
        return {ENOBUFS, tag, "the kernel had no memory for its answer to this request"};
    }
    return {error, tag,
            "cannot hear the kernel's answer to a netlink request: " +
                std::generic_category().message(error)};
}

/// Waits for a datagram of a dump. Returns its bytes, 0 if it is not the kernel's, or a negative
/// errno.
int receive_part(int fd, std::span<std::byte> buffer) {
    sockaddr_nl sender{};
    socklen_t sender_size = sizeof sender;
    ssize_t received = 0;
    do {
        received = ::recvfrom(fd, buffer.data(), buffer.size(), MSG_TRUNC,
                              reinterpret_cast<sockaddr*>(&sender), &sender_size);
    } while (received < 0 && errno == EINTR);
    if (received < 0) {
        return -errno;
    }
    if (received > static_cast<ssize_t>(buffer.size())) {
        return -EMSGSIZE;
    }
    return sender.nl_pid == 0 ? static_cast<int>(received) : 0;
}

/// The errno that a dump ended with (0: well), or nullopt if `message` is one of its entries.
std::optional<int> end_of_dump(const nlmsghdr& message) {
    if (message.nlmsg_type != NLMSG_DONE && message.nlmsg_type != NLMSG_ERROR) {
        return std::nullopt;
    }
    if (mnl_nlmsg_get_payload_len(&message) < sizeof(int)) {
        return EBADMSG;
    }
    // Both begin with the negative errno.
    return -*static_cast<const int*>(mnl_nlmsg_get_payload(&message));
}

} // namespace

RequestError::RequestError(int error, Tag tag, std::string kernel_text)
    : std::system_error(error, std::generic_category()), tag_(tag),
      kernel_text_(std::move(kernel_text)) {}

const char* RequestError::what() const noexcept {
    return kernel_text_.empty() ? std::system_error::what() : kernel_text_.c_str();
}

void Socket::Close::operator()(mnl_socket* socket) const {
    mnl_socket_close(socket);
}

Socket::Socket(std::chrono::milliseconds patience, int receive_bytes)
    : socket_(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)) {
    check(socket_ ? 0 : -1, "open a netlink socket");
    const int on = 1;
    set_option(socket_.get(), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on);
    set_option(socket_.get(), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof on);
    piece_requests_ = make_room(socket_.get(), receive_bytes);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
    timeval timeout{};
    timeout.tv_sec = seconds.count();
    timeout.tv_usec = std::chrono::microseconds{patience - seconds}.count();
    set_option(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

void Socket::execute(const Batch& batch) {
    std::optional<RequestError> first_refusal;
    for (std::size_t begin = 0; begin < batch.size();) {
        const std::size_t end = piece_end(batch, begin, piece_requests_);
        send(batch, begin, end);
        auto refusal = receive(batch, begin, end);
        if (refusal && !first_refusal) {
            first_refusal = std::move(refusal);
        }
        begin = end;
    }
    if (first_refusal) {
        throw RequestError{*first_refusal};
    }
}

void Socket::send(const Batch& batch, std::size_t begin, std::size_t end) {
    outgoing_.clear();
    first_sequence_ = next_sequence_;
    for (std::size_t i = begin; i < end; ++i) {
        const auto request = batch.request(i);
        const std::size_t offset = outgoing_.size();
        outgoing_.insert(outgoing_.end(), request.begin(), request.end());
        reinterpret_cast<nlmsghdr*>(outgoing_.data() + offset)->nlmsg_seq = next_sequence_++;
    }
    check(mnl_socket_sendto(socket_.get(), outgoing_.data(), outgoing_.size()),
          "send {} netlink requests", end - begin);
}

// The kernel answers in order. An answer with an older number belongs to a piece that was given up.
std::optional<RequestError> Socket::receive(const Batch& batch, std::size_t begin,
                                            std::size_t end) {
    AckBuffers acks;
    std::optional<RequestError> first_refusal;
    for (std::size_t next = begin; next < end;) {
        const int count = acks.receive(mnl_socket_get_fd(socket_.get()), end - next);
        if (count < 0) {
            throw lost(-count, batch.tag(next));
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
            const nlmsghdr* ack = acks.acknowledgement(i);
            if (ack == nullptr || ack->nlmsg_seq - first_sequence_ != next - begin) {
                continue;
            }
            const int error = -error_of(*ack).error;
            if (error != 0 && !first_refusal) {
                first_refusal.emplace(error, batch.tag(next),
                                      kernel_text(*ack, acks.messages[i].msg_len));
            }
            ++next;
        }
    }
    return first_refusal;
}

bool Socket::dump(const Batch& batch, const std::function<void(const nlmsghdr&)>& each) {
    assert(batch.size() == 1);
    send(batch, 0, 1);
    alignas(nlmsghdr) std::array<std::byte, dump_bytes> buffer;
    for (bool consistent = true;;) {
        int left = receive_part(mnl_socket_get_fd(socket_.get()), buffer);
        if (left < 0) {
            throw lost(-left, batch.tag(0));
        }
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_seq != first_sequence_) {
                continue;
            }
            consistent = consistent && (message->nlmsg_flags & NLM_F_DUMP_INTR) == 0;
            if (const auto end = end_of_dump(*message)) {
                if (*end != 0) {
                    throw RequestError{*end, batch.tag(0), {}};
                }
                return consistent;
            }
            each(*message);
        }
    }
}

} // namespace netlab
