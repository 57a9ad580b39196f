#include "support/golden.h"
#include "topology/loading.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>

namespace netlab {

namespace {

/// A directory that goes with its test.
class Folder {
public:
    Folder() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "netlab-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    std::filesystem::path write(const std::string& name, const std::string& text) const {
        std::ofstream{path_ / name, std::ios::binary} << text;
        return path_ / name;
    }
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

std::string refusal(const std::filesystem::path& path) {
    try {
        read_source(path);
    } catch (const InputError& error) {
        return error.what();
    }
    return "read";
}

} // namespace

TEST_CASE("a file is read whole and keeps its name") {
    const Folder folder;
    const auto path = folder.write("lab.json", "{}\n");
    const auto source = read_source(path);
    CHECK(source.text() == "{}\n");
    CHECK(source.name() == path.string());
}

TEST_CASE("what cannot be a topology file is refused in a sentence") {
    const Folder folder;
    CHECK(refusal(folder.path()).find("it is a directory") != std::string::npos);
    CHECK(refusal(folder.path() / "none.json").find("No such file") != std::string::npos);
    CHECK(refusal("/dev/zero").find("larger than 64 MiB") != std::string::npos);
    CHECK(refusal(std::string(5000, 'x')).find("File name too long") != std::string::npos);
}

TEST_CASE("100 MB are refused without being read") {
    const Folder folder;
    const auto path = folder.write("huge.json", "");
    std::filesystem::resize_file(path, 100'000'000);
    const auto begin = std::chrono::steady_clock::now();
    CHECK(refusal(path).find("larger than 64 MiB") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::milliseconds{100});
}

TEST_CASE("binds and files start from the topology file's directory") {
    const Folder folder;
    folder.write("motd", "hello");
    std::filesystem::create_directory(folder.path() / "site");
    const Source source{"lab.json",
                        R"({ "nodes": { "h1": { "binds": ["site/:/srv/www:ro", "./motd:/m"],
                                         "files": { "/etc/motd": { "from": "motd" } } } } })"};
    Diagnostics diagnostics;
    const auto topology = load_topology(source, folder.path(), diagnostics);
    CHECK(render(diagnostics, source).empty());
    const auto& node = topology.nodes.at(0);
    CHECK(node.binds.at(0).host_path == (folder.path() / "site").string());
    CHECK(node.binds.at(0).node_path == "/srv/www");
    CHECK(node.binds.at(0).read_only);
    CHECK_FALSE(node.binds.at(1).read_only);
    CHECK(node.files.at(0).text == "hello");
}

TEST_CASE("every lab in topologies/ loads without a mistake") {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{test::source_path("topologies")}) {
        const auto extension = entry.path().extension();
        if (extension != ".json" && extension != ".yaml") {
            continue;
        }
        ++count;
        const auto source = read_source(entry.path());
        Diagnostics diagnostics;
        load_topology(source, entry.path().parent_path(), diagnostics);
        CHECK(render(diagnostics, source).empty());
    }
    CHECK(count >= 8);
}

TEST_CASE("a file too large to copy into a node is refused") {
    const Folder folder;
    std::filesystem::resize_file(folder.write("big", ""), (16U << 20U) + 1);
    const Source source{"lab.json",
                        R"({ "nodes": { "h1": { "files": { "/etc/big": { "from": "big" } } } } })"};
    Diagnostics diagnostics;
    load_topology(source, folder.path(), diagnostics);
    CHECK(diagnostics.error_count() == 1);
}

} // namespace netlab
