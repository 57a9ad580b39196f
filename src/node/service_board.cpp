#include "node/service_board.h"

#include "sys/check.h"

#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace netlab {

namespace {

constexpr std::size_t page = 4096;

/// What stands in front of the logs, of each service.
struct Entry {
    ServiceStatus status;
    LogHeader log;
};

std::size_t entries_size(std::size_t services) {
    return (services * sizeof(Entry) + page - 1) / page * page;
}

} // namespace

const char* to_string(ServiceState state) {
    switch (state) {
    case ServiceState::waiting:
        return "waiting";
    case ServiceState::starting:
        return "starting";
    case ServiceState::ready:
        return "ready";
    case ServiceState::restarting:
        return "restarting";
    case ServiceState::stopping:
        return "stopping";
    case ServiceState::stopped:
        return "stopped";
    case ServiceState::ended:
        return "ended";
    case ServiceState::failed:
        return "failed";
    }
    return "unknown"; // the node has written something else there
}

UniqueFd ServiceBoard::make(std::size_t services, std::size_t log_bytes) {
    UniqueFd board{
        check(::memfd_create("services", MFD_CLOEXEC | MFD_ALLOW_SEALING), "make a log")};
    const auto size = entries_size(services) + services * log_bytes;
    check(::ftruncate(board.get(), static_cast<off_t>(size)), "make a log of {} bytes", size);
    check(::fcntl(board.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL),
          "fix the size of a log");
    return board;
}

ServiceBoard::ServiceBoard(int fd, std::size_t services, Access access) : services_{services} {
    struct stat about {};
    check(::fstat(fd, &about), "look at a log");
    const auto size = static_cast<std::size_t>(about.st_size);
    constexpr int fixed = F_SEAL_SHRINK | F_SEAL_GROW;
    if (services == 0 || size <= entries_size(services) ||
        (::fcntl(fd, F_GET_SEALS) & fixed) != fixed) {
        throw std::runtime_error{"the log of a node is not of its form"};
    }
    log_bytes_ = (size - entries_size(services)) / services / page * page;
    if (log_bytes_ == 0) {
        throw std::runtime_error{"the log of a node is not of its form"};
    }
    void* memory =
        ::mmap(nullptr, size, access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ,
               MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        throw_errno(errno, "map a log");
    }
    memory_ = {static_cast<std::byte*>(memory), size};
}

ServiceBoard::ServiceBoard(ServiceBoard&& other) noexcept
    : memory_{std::exchange(other.memory_, {})}, services_{other.services_},
      log_bytes_{other.log_bytes_} {}

ServiceBoard::~ServiceBoard() {
    if (!memory_.empty()) {
        ::munmap(memory_.data(), memory_.size());
    }
}

ServiceStatus& ServiceBoard::status(std::size_t service) const {
    return reinterpret_cast<Entry*>(memory_.data())[service].status;
}

LogHeader& ServiceBoard::header(std::size_t service) const {
    return reinterpret_cast<Entry*>(memory_.data())[service].log;
}

std::span<std::byte> ServiceBoard::log(std::size_t service) const {
    return memory_.subspan(entries_size(services_) + service * log_bytes_, log_bytes_);
}

LogWriter ServiceBoard::writer(std::size_t service) const {
    return {header(service), log(service)};
}

LogReader ServiceBoard::reader(std::size_t service) const {
    return {header(service), log(service)};
}

} // namespace netlab
