#pragma once

#include "sys/unique_fd.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace netlab::test {

/// The port that a socket is bound to.
std::uint16_t port_of(const UniqueFd& socket);
/// A port that nobody has at 127.0.0.1 just now.
std::uint16_t free_port(bool udp = false);

/// A connected socket, whose calls give up after 30 s.
UniqueFd connect_to(std::uint16_t port, bool udp = false, const std::string& address = "127.0.0.1");
/// The next connection that comes in, likewise; nothing after 30 s.
UniqueFd accept_from(const UniqueFd& listener);

void send_all(const UniqueFd& socket, std::string_view bytes);
/// Exactly so many bytes, or fewer where there are no more.
std::string receive(const UniqueFd& socket, std::size_t size);
/// Everything up to the end; `!` and the kernel's words if it ends by an error.
std::string receive_rest(const UniqueFd& socket);
/// No more is sent.
void finish(const UniqueFd& socket);
/// Breaks the connection off (RST).
void break_off(UniqueFd& socket);

/// Bytes without a pattern, the same for the same number.
std::string noise(std::size_t size, unsigned number);

} // namespace netlab::test
