#include "sys/pass_descriptor.h"

#include "sys/check.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <sys/socket.h>

namespace netlab {

namespace {

struct Control {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(most_passed * sizeof(int))> bytes{};
};

std::vector<UniqueFd> passed_with(msghdr& message) {
    std::vector<UniqueFd> passed;
    for (auto* part = CMSG_FIRSTHDR(&message); part != nullptr;
         part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        const auto count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int descriptor = -1;
            std::memcpy(&descriptor, CMSG_DATA(part) + i * sizeof(int), sizeof descriptor);
            passed.emplace_back(descriptor);
        }
    }
    return passed;
}

} // namespace

ssize_t send_with_descriptors(int socket, std::span<const iovec> parts,
                              std::span<const int> descriptors, int flags) {
    Control control;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    const auto size = std::min(descriptors.size(), most_passed) * sizeof(int);
    if (size != 0) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = CMSG_SPACE(size);
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(size);
        std::memcpy(CMSG_DATA(header), descriptors.data(), size);
    }
    return uninterrupted([&] { return ::sendmsg(socket, &message, flags | MSG_NOSIGNAL); });
}

bool send_with_descriptor(const UniqueFd& socket, std::string_view bytes, int descriptor) {
    const iovec text{const_cast<char*>(bytes.data()), bytes.size()};
    const std::span<const int> one{&descriptor, descriptor >= 0 ? std::size_t{1} : 0};
    return send_with_descriptors(socket.get(), {&text, 1}, one) >= 0;
}

PassedMessage receive_with_descriptors(int socket, std::span<char> buffer, std::size_t most,
                                       int flags) {
    iovec text{buffer.data(), buffer.size()};
    Control control;
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(std::min(most, most_passed) * sizeof(int));
    PassedMessage passed;
    passed.size =
        uninterrupted([&] { return ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC); });
    if (passed.size >= 0) {
        passed.flags = message.msg_flags;
        passed.descriptors = passed_with(message);
    }
    return passed;
}

ssize_t receive_with_descriptor(const UniqueFd& socket, std::span<char> buffer,
                                UniqueFd& descriptor) {
    auto passed = receive_with_descriptors(socket.get(), buffer, 1);
    if (!passed.descriptors.empty()) {
        descriptor = std::move(passed.descriptors.front());
    }
    return passed.size;
}

} // namespace netlab
