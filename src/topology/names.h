#pragma once

#include <string>
#include <string_view>

namespace netlab {

/// Each says why `name` may not be one, as the end of "'x' …", or is empty. Limits are those of the
/// file format: an interface's name is the kernel's IFNAMSIZ - 1 bytes.
std::string why_not_lab_name(std::string_view name);
std::string why_not_node_name(std::string_view name);
std::string why_not_interface_name(std::string_view name);
std::string why_not_link_name(std::string_view name);
std::string why_not_label(std::string_view name);
std::string why_not_service_name(std::string_view name);
std::string why_not_user_name(std::string_view name);
std::string why_not_variable_name(std::string_view name);

/// `text` made into a lab or node name of at most `longest` characters, if anything of it is left.
std::string as_name(std::string_view text, std::size_t longest);

} // namespace netlab
