#include "../src/launcher_on_musl.cpp"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

// Does libstdc++ of this distribution run on its musl, and is there what the launcher calls?
namespace {

namespace fs = std::filesystem;

/// Of libstdc++: strings, files, directories, exceptions.
void throw_a_path() {
    for (const auto& entry : fs::directory_iterator{"/"}) {
        if (entry.is_directory()) {
            throw std::runtime_error{"found " + entry.path().string()};
        }
    }
}

/// What a header may turn into calls that only glibc has.
bool numbers_and_messages_work() {
    std::array<char, 64> control{};
    ::msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    auto* const first = CMSG_FIRSTHDR(&message);
    first->cmsg_len = CMSG_LEN(sizeof(int));
    std::array<char, 16> text{};
    const auto got = ::readlink("/proc/self", text.data(), text.size() - 1);
    return CMSG_NXTHDR(&message, first) != nullptr && got > 0 &&
           std::strtoull(text.data(), nullptr, 10) == static_cast<unsigned long long>(::getpid());
}

} // namespace

int main() {
    try {
        throw_a_path();
    } catch (const std::exception& error) {
        const bool found = std::string{error.what()}.starts_with("found /");
        return found && numbers_and_messages_work() ? 0 : 1;
    }
    return 1;
}
