#pragma once

#include "base/address.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace netlab {

/// The caller's mark on a request: comes back in the RequestError when the kernel refuses it.
using Tag = std::uint32_t;

/// Netlink requests, one behind the other as they go on the wire, in one buffer that only grows.
///
/// `nest` takes a body, so that indentation at the call site is nesting on the wire. Nothing is
/// kept by pointer: any call may move the buffer. An attribute that grows over the 65535 bytes of
/// its length field is std::system_error (EMSGSIZE); the batch is of no use after that.
class Batch {
public:
    /// Starts a request of `type` (RTM_…) with the family's fixed header. NLM_F_REQUEST and
    /// NLM_F_ACK are added to `flags`.
    template <class Header>
    void begin(std::uint16_t type, std::uint16_t flags, Tag tag, const Header& header) {
        begin_request(type, flags, tag);
        append(header);
    }

    /// An attribute that is a number, as wide as its type.
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) void put(std::uint16_t attribute, Number value) {
        put_bytes(attribute, &value, sizeof value);
    }
    void put(std::uint16_t attribute, std::string_view text) {
        put_bytes(attribute, text.data(), text.size());
    }
    void put(std::uint16_t attribute, const IpAddress& address) { put(attribute, address.wire()); }
    void put(std::uint16_t attribute, const MacAddress& mac) {
        put_bytes(attribute, mac.bytes.data(), mac.bytes.size());
    }

    /// An attribute whose content is what `body` puts.
    template <std::invocable Body>
    void nest(std::uint16_t attribute, Body&& body) {
        const std::size_t start = open_nest(attribute);
        std::forward<Body>(body)();
        close_nest(start);
    }

    /// A fixed structure where the wire has one between attributes (ifinfomsg in VETH_INFO_PEER,
    /// rtnexthop).
    template <class Header>
    void append(const Header& header) {
        static_assert(std::is_trivially_copyable_v<Header>);
        append_bytes(&header, sizeof header);
    }

    /// The number of requests.
    std::size_t size() const { return requests_.size(); }
    bool empty() const { return requests_.empty(); }
    /// Forgets the requests and keeps the memory.
    void clear();

    /// Request number `index` as it goes on the wire; its sequence number is 0.
    std::span<const std::byte> request(std::size_t index) const;
    Tag tag(std::size_t index) const { return requests_[index].tag; }

private:
    struct Request {
        std::size_t offset;
        Tag tag;
    };

    void begin_request(std::uint16_t type, std::uint16_t flags, Tag tag);
    void append_bytes(const void* bytes, std::size_t size);
    void put_bytes(std::uint16_t attribute, const void* bytes, std::size_t size);
    std::size_t open_nest(std::uint16_t attribute);
    void close_nest(std::size_t start);

    std::vector<std::byte> buffer_;
    std::vector<Request> requests_;
};

} // namespace netlab
