#pragma once

#include "base/address.h"

#include <memory>
#include <optional>

// By its longer name, because <netlink/socket.h> is our own.
#include <libnl3/netlink/socket.h>
#include <netlink/addr.h>
#include <netlink/cache.h>
#include <netlink/object.h>

namespace netlab {

/// Throws std::system_error with libnl's words ("cannot <attempt>: …") if `result` is one of its
/// negative errors.
int check_libnl(int result, const char* attempt);

struct FreeCache {
    void operator()(nl_cache* cache) const { nl_cache_free(cache); }
};
using Cache = std::unique_ptr<nl_cache, FreeCache>;

/// An object that libnl counts references of.
template <class Object>
struct PutObject {
    void operator()(Object* object) const { nl_object_put(reinterpret_cast<nl_object*>(object)); }
};

/// Calls `each` with every object of a cache.
template <class Object, class Each>
void for_each(const Cache& cache, const Each& each) {
    for (nl_object* object = nl_cache_get_first(cache.get()); object != nullptr;
         object = nl_cache_get_next(object)) {
        each(reinterpret_cast<Object*>(object));
    }
}

/// The IPv4 or IPv6 address in `address`; nullopt if it is neither.
std::optional<IpAddress> ip_address(const nl_addr* address);

} // namespace netlab
