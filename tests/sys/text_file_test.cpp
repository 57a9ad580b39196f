#include "support/catch.h"
#include "sys/text_file.h"

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

/// A folder of the test's own.
class Folder {
public:
    Folder() {
        std::string pattern = "/var/tmp/netlab-sys-XXXXXX";
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
        fd_.reset(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const fs::path& path() const { return path_; }
    const UniqueFd& fd() const { return fd_; }

private:
    fs::path path_;
    UniqueFd fd_;
};

std::string refusal(const std::string& path) {
    try {
        return read_file(path);
    } catch (const std::system_error& error) {
        return error.what();
    }
}

} // namespace

TEST_CASE("a file is replaced whole, and nothing else is left in its folder") {
    const Folder folder;
    replace_file(folder.fd(), "plan.json", std::string(100000, 'a'));
    replace_file(folder.fd(), "plan.json", "b");
    CHECK(read_file(folder.path() / "plan.json") == "b");
    CHECK(std::distance(fs::directory_iterator{folder.path()}, {}) == 1);
}

TEST_CASE("files of /proc that have no size are read whole") {
    CHECK(read_file("/proc/self/status").find("Pid:") != std::string::npos);
    CHECK(read_file("/proc/self/maps").size() > 4096);
}

TEST_CASE("a file that cannot be read is an error with its name, or the text for that case") {
    CHECK(refusal("/no/such/file") == "cannot open /no/such/file: No such file or directory");
    CHECK(refusal("/proc").find("/proc") != std::string::npos);
    CHECK(read_file_or("/no/such/file", "otherwise") == "otherwise");
}

TEST_CASE("an existing file is written in one piece, and none is made") {
    const Folder folder;
    CHECK_THROWS_AS(write_file(folder.path() / "new", "x"), std::system_error);
    CHECK_FALSE(fs::exists(folder.path() / "new"));
    write_file("/proc/self/comm", "renamed");
    CHECK(read_file("/proc/self/comm") == "renamed\n");
}

} // namespace netlab::test
