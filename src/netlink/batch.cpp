#include "netlink/batch.h"

#include "sys/check.h"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <limits>

#include <libmnl/libmnl.h>

namespace netlab {

namespace {

constexpr std::size_t aligned(std::size_t size) {
    return (size + MNL_ALIGNTO - 1) & ~std::size_t{MNL_ALIGNTO - 1};
}

void check_length(std::size_t size) {
    if (size > std::numeric_limits<std::uint16_t>::max()) {
        throw_errno(EMSGSIZE, fmt::format("put {} bytes into one netlink attribute", size));
    }
}

nlmsghdr* header_at(std::vector<std::byte>& buffer, std::size_t offset) {
    return reinterpret_cast<nlmsghdr*>(buffer.data() + offset);
}

} // namespace

void Batch::begin_request(std::uint16_t type, std::uint16_t flags, Tag tag) {
    const std::size_t offset = buffer_.size();
    requests_.push_back({offset, tag});
    buffer_.resize(offset + MNL_NLMSG_HDRLEN);
    nlmsghdr* header = mnl_nlmsg_put_header(buffer_.data() + offset);
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
}

void Batch::append_bytes(const void* bytes, std::size_t size) {
    assert(!requests_.empty());
    buffer_.resize(buffer_.size() + aligned(size));
    void* place = mnl_nlmsg_put_extra_header(header_at(buffer_, requests_.back().offset), size);
    std::memcpy(place, bytes, size);
}

void Batch::put_bytes(std::uint16_t attribute, const void* bytes, std::size_t size) {
    assert(!requests_.empty());
    check_length(MNL_ATTR_HDRLEN + size);
    buffer_.resize(buffer_.size() + MNL_ATTR_HDRLEN + aligned(size));
    mnl_attr_put(header_at(buffer_, requests_.back().offset), attribute, size, bytes);
}

std::size_t Batch::open_nest(std::uint16_t attribute) {
    assert(!requests_.empty());
    const std::size_t start = buffer_.size();
    buffer_.resize(start + MNL_ATTR_HDRLEN);
    mnl_attr_nest_start(header_at(buffer_, requests_.back().offset), attribute);
    return start;
}

void Batch::close_nest(std::size_t start) {
    check_length(buffer_.size() - start);
    mnl_attr_nest_end(header_at(buffer_, requests_.back().offset),
                      reinterpret_cast<nlattr*>(buffer_.data() + start));
}

void Batch::clear() {
    buffer_.clear();
    requests_.clear();
}

std::span<const std::byte> Batch::request(std::size_t index) const {
    assert(index < requests_.size());
    const std::size_t begin = requests_[index].offset;
    const std::size_t end =
        index + 1 < requests_.size() ? requests_[index + 1].offset : buffer_.size();
    return std::span{buffer_}.subspan(begin, end - begin);
}

} // namespace netlab
