#include "netlink/nft_socket.h"

#include "sys/check.h"

#include <array>
#include <cerrno>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <sys/socket.h>
#include <sys/time.h>

namespace netlab {

namespace {

// In older headers than the kernels that know it.
constexpr std::uint32_t table_has_owner = 2; // NFT_TABLE_F_OWNER

/// nftables takes its requests between two of these, all or none.
void add_mark(Batch& batch, std::uint16_t type) {
    nfgenmsg header{};
    header.version = NFNETLINK_V0;
    header.res_id = htons(NFNL_SUBSYS_NFTABLES);
    batch.begin(type, 0, 0, header);
}

void append(std::vector<std::byte>& bytes, std::span<const std::byte> request, std::uint32_t number,
            bool is_mark) {
    const auto offset = bytes.size();
    bytes.insert(bytes.end(), request.begin(), request.end());
    auto* header = reinterpret_cast<nlmsghdr*>(bytes.data() + offset);
    header->nlmsg_seq = number;
    if (is_mark) { // which wants no acknowledgement
        header->nlmsg_flags = NLM_F_REQUEST;
    }
}

/// The requests between their marks, as one datagram; numbered from `first`, the first mark's.
std::vector<std::byte> datagram(const Batch& requests, std::uint32_t first) {
    Batch marks;
    add_mark(marks, NFNL_MSG_BATCH_BEGIN);
    add_mark(marks, NFNL_MSG_BATCH_END);
    std::vector<std::byte> bytes;
    append(bytes, marks.request(0), first, true);
    for (std::size_t i = 0; i < requests.size(); ++i) {
        append(bytes, requests.request(i), first + static_cast<std::uint32_t>(i + 1), false);
    }
    append(bytes, marks.request(1), first + static_cast<std::uint32_t>(requests.size() + 1), true);
    return bytes;
}

/// The errno of the first refusal in what the kernel answers to `wanted` requests behind the mark
/// numbered `first`, or 0. What it still has to say of a transaction before is passed over.
int first_refusal(int socket, std::uint32_t first, std::size_t wanted) {
    alignas(nlmsghdr) std::array<std::byte, 8192> buffer{};
    for (std::size_t seen = 0; seen < wanted;) {
        int left = static_cast<int>(
            check(uninterrupted([&] { return ::recv(socket, buffer.data(), buffer.size(), 0); }),
                  "hear from nftables"));
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_type != NLMSG_ERROR || message->nlmsg_seq - first > wanted + 1) {
                continue;
            }
            const int error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message))->error;
            if (error != 0) {
                return -error;
            }
            ++seen;
        }
    }
    return 0;
}

} // namespace

NftSocket::NftSocket()
    : socket_(check(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER),
                    "open a socket to nftables")) {
    sockaddr_nl own{};
    own.nl_family = AF_NETLINK;
    check(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own),
          "bind a socket to nftables");
    const timeval patience{30, 0};
    check(::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience),
          "set up a socket to nftables");
}

UniqueFd NftSocket::duplicate() const {
    return UniqueFd{check(::fcntl(socket_.get(), F_DUPFD_CLOEXEC, 3), "keep a socket to nftables")};
}

void NftSocket::execute(const Batch& requests, const std::string& attempt) {
    const auto first = next_sequence_;
    next_sequence_ += static_cast<std::uint32_t>(requests.size() + 2);
    const auto bytes = datagram(requests, first);
    sockaddr_nl kernel{};
    kernel.nl_family = AF_NETLINK;
    check(::sendto(socket_.get(), bytes.data(), bytes.size(), 0,
                   reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel),
          "{}", attempt);
    if (const int error = first_refusal(socket_.get(), first, requests.size()); error != 0) {
        throw_errno(error, attempt);
    }
}

void put_nft_number(Batch& batch, std::uint16_t attribute, std::uint32_t number) {
    batch.put(attribute, htonl(number));
}

void put_nft_name(Batch& batch, std::uint16_t attribute, std::string_view name) {
    batch.put(attribute, std::string_view{std::string{name}.c_str(), name.size() + 1});
}

void begin_nft(Batch& batch, std::uint16_t message, std::uint16_t flags, std::uint8_t family) {
    nfgenmsg header{};
    header.version = NFNETLINK_V0;
    header.nfgen_family = family;
    batch.begin(static_cast<std::uint16_t>((NFNL_SUBSYS_NFTABLES << 8U) | message), flags, 0,
                header);
}

void begin_table(Batch& batch, std::uint8_t family, std::string_view name, bool owned) {
    begin_nft(batch, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL, family);
    put_nft_name(batch, NFTA_TABLE_NAME, name);
    put_nft_number(batch, NFTA_TABLE_FLAGS, owned ? table_has_owner : 0);
}

void load_meta(Batch& batch, std::uint32_t key) {
    nft_expression(batch, "meta", [&] {
        put_nft_number(batch, NFTA_META_KEY, key);
        put_nft_number(batch, NFTA_META_DREG, nft_register);
    });
}

void load_payload(Batch& batch, std::uint32_t header, std::uint32_t offset, std::uint32_t length) {
    nft_expression(batch, "payload", [&] {
        put_nft_number(batch, NFTA_PAYLOAD_DREG, nft_register);
        put_nft_number(batch, NFTA_PAYLOAD_BASE, header);
        put_nft_number(batch, NFTA_PAYLOAD_OFFSET, offset);
        put_nft_number(batch, NFTA_PAYLOAD_LEN, length);
    });
}

void load_source(Batch& batch, Family family) {
    // RFC 791 section 3.1 and RFC 8200 section 3.
    const std::uint32_t offset = family == Family::ipv4 ? 12 : 8;
    const std::uint32_t length = family == Family::ipv4 ? 4 : 16;
    load_payload(batch, NFT_PAYLOAD_NETWORK_HEADER, offset, length);
}

void compare(Batch& batch, std::uint32_t operation, std::string_view with) {
    nft_expression(batch, "cmp", [&] {
        put_nft_number(batch, NFTA_CMP_SREG, nft_register);
        put_nft_number(batch, NFTA_CMP_OP, operation);
        batch.nest(NFTA_CMP_DATA, [&] { batch.put(NFTA_DATA_VALUE, with); });
    });
}

} // namespace netlab
