#include "../src/launcher_on_musl.cpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

// Does libstdc++ of this distribution run on its musl: exceptions, strings, files?
int main() {
    try {
        throw std::runtime_error{"from " + std::filesystem::current_path().string()};
    } catch (const std::exception& error) {
        return std::string{error.what()}.starts_with("from /") && std::getenv("none") == nullptr
                   ? 0
                   : 1;
    }
}
