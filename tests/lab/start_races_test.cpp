#include "support/catch.h"
#include "support/lab_under_test.h"

#include <filesystem>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace netlab::test {

namespace {

constexpr const char* pair = R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })";

/// `up` of a lab below strace(1), which holds it up where `options` say, and then `after` in the
/// shell.
class TracedUp {
public:
    TracedUp(const Workshop& workshop, const std::string& lab, const std::string& options,
             const std::string& after = "true")
        : program_({"strace", "-o", workshop.path() / "trace", "-f", "-e", options, "sh", "-c",
                    "\"$@\" && " + after, "sh", Workshop::words({}).front(), "up", "--lab", lab,
                    workshop.write("a.json", pair)},
                   setting(workshop)),
          trace_(workshop.path() / "trace") {}

    std::string calls() const { return content_of(trace_); }
    Ended finish() { return program_.finish(); }

private:
    static Setting setting(const Workshop& workshop) {
        auto setting = workshop.setting();
        // LeakSanitizer, in a build that has it, refuses to work in a traced process.
        setting.env["ASAN_OPTIONS"] = "detect_leaks=0";
        return setting;
    }

    Program program_;
    std::filesystem::path trace_;
};

} // namespace

// h1:eth0 --- eth0:h2
TEST_CASE("a supervisor that is slow to let go of its `up` outlives it") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    const auto ended = workshop.path() / "ended";
    TracedUp up{workshop, name, "inject=prctl:delay_enter=200000",
                "echo >" + ended.string()}; // strace goes on for as long as the lab does
    REQUIRE(eventually([&] { return std::filesystem::exists(ended); }, std::chrono::seconds{60}));
    CHECK(workshop.netlab({"exec", "-l", name, "h1", "true"}).code == 0);
    CHECK(workshop.netlab({"down", name}).code == 0);
    CHECK(up.finish().code == 0);
    CHECK(workshop.left_of(name) == "");
}

// h1:eth0 --- eth0:h2
TEST_CASE("up waits for a command that holds the folder's lock for a moment") {
    const Workshop workshop;
    const auto name = Workshop::lab_name();
    std::filesystem::create_directory(workshop.state());
    std::filesystem::permissions(workshop.state(), std::filesystem::perms{0700});
    std::filesystem::create_directory(workshop.state_of(name)); // of a lab that was killed
    const int folder = ::open(workshop.state_of(name).c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::flock(folder, LOCK_SH) == 0); // as `ls` does to see whether the lab runs
    TracedUp up{workshop, name, "trace=flock"};
    CHECK(eventually([&] { return up.calls().find("EAGAIN") != std::string::npos; }));
    ::close(folder);
    CHECK(eventually([&] {
        return workshop.netlab({"exec", "-l", name, "h1", "true"}).code == 0;
    }));
    CHECK(workshop.netlab({"down", name}).code == 0);
    const auto ended = up.finish();
    INFO(ended.err);
    CHECK(ended.code == 0);
}

} // namespace netlab::test
