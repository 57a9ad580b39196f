#pragma once

#include "sys/check.h"
#include "sys/unique_fd.h"

#include <cstdint>

#include <sys/epoll.h>

namespace netlab {

/// A descriptor in an epoll instance, taken out again when this goes. To close it is not enough
/// where another process holds the same open file: the kernel then goes on to report it.
class EpollWatch {
public:
    EpollWatch() = default;
    /// `mark` comes back with each event. Both descriptors outlive this. Throws std::system_error.
    EpollWatch(const UniqueFd& epoll, const UniqueFd& fd, std::uint32_t events, void* mark)
        : epoll_(epoll.get()) {
        epoll_event event{};
        event.events = events;
        event.data.ptr = mark;
        check(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd.get(), &event), "watch a descriptor");
        fd_ = fd.get();
    }
    EpollWatch(EpollWatch&& other) noexcept
        : epoll_(other.epoll_), fd_(std::exchange(other.fd_, -1)) {}
    EpollWatch& operator=(EpollWatch&& other) noexcept {
        reset();
        epoll_ = other.epoll_;
        fd_ = std::exchange(other.fd_, -1);
        return *this;
    }
    EpollWatch(const EpollWatch&) = delete;
    EpollWatch& operator=(const EpollWatch&) = delete;
    ~EpollWatch() { reset(); }

    void reset() {
        if (fd_ >= 0) {
            ::epoll_ctl(epoll_, EPOLL_CTL_DEL, fd_, nullptr);
            fd_ = -1;
        }
    }

private:
    int epoll_ = -1;
    int fd_ = -1;
};

} // namespace netlab
