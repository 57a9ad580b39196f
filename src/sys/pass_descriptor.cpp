#include "sys/pass_descriptor.h"

#include "sys/check.h"

#include <array>
#include <cstring>

#include <sys/socket.h>
#include <sys/uio.h>

namespace netlab {

namespace {

struct Control {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

} // namespace

bool send_with_descriptor(const UniqueFd& socket, std::string_view bytes, int descriptor) {
    iovec text{const_cast<char*>(bytes.data()), bytes.size()};
    Control control;
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = control.bytes.data();
        message.msg_controllen = control.bytes.size();
        cmsghdr* header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof descriptor);
        std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return uninterrupted([&] { return ::sendmsg(socket.get(), &message, MSG_NOSIGNAL); }) >= 0;
}

ssize_t receive_with_descriptor(const UniqueFd& socket, std::span<char> buffer,
                                UniqueFd& descriptor) {
    iovec text{buffer.data(), buffer.size()};
    Control control;
    msghdr message{};
    message.msg_iov = &text;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes.data();
    message.msg_controllen = control.bytes.size();
    const auto got =
        uninterrupted([&] { return ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC); });
    const cmsghdr* header = got < 0 ? nullptr : CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
        int passed = -1;
        std::memcpy(&passed, CMSG_DATA(header), sizeof passed);
        descriptor.reset(passed);
    }
    return got;
}

} // namespace netlab
