#include "packet/probe_socket.h"

#include "sys/check.h"

#include <array>

#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h> // NOLINT(modernize-deprecated-headers): POSIX's, with clock_gettime

namespace netlab {

namespace {

constexpr std::size_t place_bytes = 256; ///< a frame's: header, address and probe_bytes
constexpr std::size_t block_bytes = std::size_t{1} << 16;
constexpr std::size_t blocks = 64;
constexpr std::size_t ring_bytes = blocks * block_bytes;
constexpr std::size_t places = ring_bytes / place_bytes;

Duration read_clock(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

template <class Value>
void set_option(const UniqueFd& socket, int level, int name, const Value& value,
                const char* attempt) {
    check(::setsockopt(socket.get(), level, name, &value, sizeof value), "{}", attempt);
}

/// Lets through what is of our type or says that it is of this run: damage to one bit spoils one of
/// the two only. Of each frame only the first probe_bytes are kept.
void attach_filter(const UniqueFd& socket, std::uint32_t run) {
    std::array<sock_filter, 6> code{
        {BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, probe_ethertype, 2, 0),
         BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 14), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, run, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, probe_bytes), BPF_STMT(BPF_RET | BPF_K, 0)}};
    const sock_fprog program{code.size(), code.data()};
    set_option(socket, SOL_SOCKET, SO_ATTACH_FILTER, program, "filter the frames of a probe");
}

std::byte* map_ring(const UniqueFd& socket) {
    set_option(socket, SOL_PACKET, PACKET_VERSION, int{TPACKET_V2}, "choose a kind of ring");
    const tpacket_req ring{block_bytes, blocks, place_bytes, places};
    set_option(socket, SOL_PACKET, PACKET_RX_RING, ring, "make room for the frames of a probe");
    void* memory = ::mmap(nullptr, ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, socket.get(), 0);
    if (memory == MAP_FAILED) {
        throw_errno(errno, "map the room for the frames of a probe");
    }
    return static_cast<std::byte*>(memory);
}

int index_of(const std::string& interface) {
    const auto index = ::if_nametoindex(interface.c_str());
    return index != 0 ? static_cast<int>(index) : check(-1, "find interface {}", interface);
}

sockaddr_ll address_of(int interface, std::uint16_t protocol) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = htons(protocol);
    address.sll_ifindex = interface;
    return address;
}

} // namespace

void ProbeSocket::Unmap::operator()(std::byte* ring) const {
    ::munmap(ring, ring_bytes);
}

ProbeSocket::ProbeSocket(const std::string& interface, std::uint32_t run)
    : run_(run), interface_(index_of(interface)),
      // Protocol 0: nothing comes before the filter is there.
      socket_(check(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), "make a socket to probe {}",
                    interface)) {
    attach_filter(socket_, run_);
    ring_.reset(map_ring(socket_));
    set_option(socket_, SOL_PACKET, PACKET_IGNORE_OUTGOING, int{1}, "ignore what is sent");
    set_option(socket_, SOL_SOCKET, SO_SNDBUF, int{1} << 22, "make room for what is sent");
    // ETH_P_ALL, because of a bridge's port everything else goes to the bridge.
    const auto address = address_of(interface_, ETH_P_ALL);
    check(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "probe {}", interface);
}

bool ProbeSocket::send(std::span<const std::byte> frame) const {
    const auto address = address_of(interface_, probe_ethertype);
    const auto sent = ::sendto(socket_.get(), frame.data(), frame.size(), MSG_DONTWAIT,
                               reinterpret_cast<const sockaddr*>(&address), sizeof address);
    if (sent < 0 && errno == EAGAIN) {
        return false;
    }
    if (sent < 0 && errno != ENOBUFS) { // ENOBUFS: the qdisc dropped it
        throw_errno(errno, "send a probe");
    }
    return true;
}

void ProbeSocket::receive(const std::function<void(const ProbeSighting&)>& each) {
    // The kernel stamps frames by the wall clock, which may be set at any time.
    const auto to_boot = read_clock(CLOCK_MONOTONIC) - read_clock(CLOCK_REALTIME);
    for (std::size_t i = 0; i < places; ++i) {
        auto* place = ring_.get() + next_ * place_bytes;
        auto* header = reinterpret_cast<tpacket2_hdr*>(place);
        if ((__atomic_load_n(&header->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER) == 0) {
            return;
        }
        const Duration stamp =
            std::chrono::seconds{header->tp_sec} + std::chrono::nanoseconds{header->tp_nsec};
        if (header->tp_snaplen >= probe_bytes) {
            each(
                {std::span<const std::byte>{place + header->tp_mac, probe_bytes}, stamp + to_boot});
        }
        __atomic_store_n(&header->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
        next_ = (next_ + 1) % places;
    }
}

std::uint64_t ProbeSocket::missed() const {
    tpacket_stats statistics{};
    socklen_t size = sizeof statistics;
    check(::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size),
          "count the frames of a probe");
    return statistics.tp_drops;
}

} // namespace netlab
