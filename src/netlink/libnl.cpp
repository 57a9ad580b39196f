#include "netlink/libnl.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>

#include <netlink/errno.h>
#include <sys/socket.h>

namespace netlab {

namespace {

/// libnl has error numbers of its own and keeps no errno.
class LibnlCategory : public std::error_category {
public:
    const char* name() const noexcept override { return "libnl"; }
    std::string message(int error) const override { return nl_geterror(error); }
};

} // namespace

int check_libnl(int result, const char* attempt) {
    static const LibnlCategory category;
    if (result < 0) {
        throw std::system_error(-result, category, std::string{"cannot "} + attempt);
    }
    return result;
}

std::optional<IpAddress> ip_address(const nl_addr* address) {
    const int family = address == nullptr ? AF_UNSPEC : nl_addr_get_family(address);
    if (family != AF_INET && family != AF_INET6) {
        return std::nullopt;
    }
    IpAddress result{family == AF_INET ? Family::ipv4 : Family::ipv6, {}};
    // The default route's address has no bytes.
    const auto length = std::min<std::size_t>(nl_addr_get_len(address), result.wire().size());
    const auto* bytes = static_cast<const std::uint8_t*>(nl_addr_get_binary_addr(address));
    std::copy_n(bytes, length, result.bytes.begin());
    return result;
}

} // namespace netlab
