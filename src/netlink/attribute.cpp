#include "netlink/attribute.h"

namespace netlab {

const nlattr* find_attribute(const void* begin, const void* end, std::uint16_t type) {
    const auto* attribute = static_cast<const nlattr*>(begin);
    const auto* stop = static_cast<const char*>(end);
    while (
        mnl_attr_ok(attribute, static_cast<int>(stop - reinterpret_cast<const char*>(attribute)))) {
        if (mnl_attr_get_type(attribute) == type) {
            return attribute;
        }
        attribute = mnl_attr_next(attribute);
    }
    return nullptr;
}

const nlattr* find_attribute(const nlmsghdr& message, std::size_t header_bytes,
                             std::uint16_t type) {
    return find_attribute(mnl_nlmsg_get_payload_offset(&message, header_bytes),
                          mnl_nlmsg_get_payload_tail(&message), type);
}

const nlattr* find_attribute(const nlattr* nest, std::uint16_t type) {
    if (nest == nullptr) {
        return nullptr;
    }
    const auto* begin = static_cast<const char*>(mnl_attr_get_payload(nest));
    return find_attribute(begin, begin + mnl_attr_get_payload_len(nest), type);
}

std::string_view text_of(const nlattr* attribute) {
    if (attribute == nullptr) {
        return {};
    }
    const std::string_view text{mnl_attr_get_str(attribute), mnl_attr_get_payload_len(attribute)};
    return text.substr(0, text.find('\0'));
}

std::uint8_t byte_of(const nlattr* attribute, std::uint8_t otherwise) {
    return attribute != nullptr && mnl_attr_get_payload_len(attribute) >= 1
               ? mnl_attr_get_u8(attribute)
               : otherwise;
}

std::uint32_t word_of(const nlattr* attribute, std::uint32_t otherwise) {
    return attribute != nullptr && mnl_attr_get_payload_len(attribute) >= 4
               ? mnl_attr_get_u32(attribute)
               : otherwise;
}

} // namespace netlab
