#include "other_eyes.h"

#include "netlink/readiness.h"

#include <chrono>
#include <stdexcept>
#include <thread>

namespace netlab::test {

namespace {

nlohmann::json parsed(const CommandResult& result) {
    if (result.code != 0) {
        throw std::runtime_error{"ip: " + result.output};
    }
    return result.output.empty() ? nlohmann::json::array() : nlohmann::json::parse(result.output);
}

} // namespace

nlohmann::json ip(const std::string& arguments) {
    return parsed(shell("ip -json -details " + arguments));
}

nlohmann::json ip_in(const Neighbour& neighbour, const std::string& arguments) {
    return parsed(shell_in(neighbour, "ip -json -details " + arguments));
}

nlohmann::json link_in(const Neighbour& neighbour, const std::string& name) {
    return ip_in(neighbour, "link show dev " + name).at(0);
}

MacAddress mac(const std::string& text) {
    return parse_mac(text).value();
}

IpAddress address(const std::string& text) {
    return parse_address(text).value();
}

IpInterface interface_address(const std::string& text) {
    return parse_interface_address(text).value();
}

IpPrefix prefix(const std::string& text) {
    return interface_address(text).subnet();
}

void wait_until_ready(Socket& socket) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!links_ready(socket)) {
        if (std::chrono::steady_clock::now() > deadline) {
            throw std::runtime_error{"still waiting for " + links_ready(socket).waiting_for};
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
}

} // namespace netlab::test
