#include "support/catch.h"
#include "support/lab_under_test.h"

#include <csignal>

namespace netlab::test {

namespace {

/// A pair of hosts in a file of the workshop's, named after itself.
std::string write_pair(const Workshop& workshop, const std::string& name) {
    workshop.write(name + ".json", R"({ "nodes": { "h[1-2]": {} }, "links": [["h1", "h2"]] })");
    return name + ".json";
}

bool is_there(const Workshop& workshop, const std::string& file) {
    return eventually([&] { return !content_of(workshop.path() / file).empty(); });
}

} // namespace

TEST_CASE("run starts a lab, passes its command's exit code on and leaves nothing") {
    const Workshop workshop;
    const auto lab = Workshop::lab_name();
    const auto file = write_pair(workshop, lab);
    const auto ended =
        workshop.netlab({"run", file, "--", "sh", "-c",
                         "echo $NETLAB_LAB; \"$0\" exec h1 ping -c1 -q h2 >/dev/null && exit 7",
                         Workshop::words({}).front()});
    CHECK(ended.code == 7);
    CHECK(ended.out == lab + "\n");
    CHECK(ended.err.empty());
    CHECK(workshop.left_of(lab).empty());
}

TEST_CASE("the command that run was given may be missing") {
    const Workshop workshop;
    const auto lab = Workshop::lab_name();
    const auto file = write_pair(workshop, lab);
    const auto ended = workshop.netlab({"run", file, "--", "/no/such/command"});
    CHECK(ended.code == 127);
    CHECK(ended.err.find("cannot run '/no/such/command'") != std::string::npos);
    CHECK(workshop.netlab({"run", file}).code == 2);
    CHECK(workshop.netlab({"run", "none.json", "--", "true"}).code == 2);
    CHECK(workshop.left_of(lab).empty());
}

TEST_CASE("labs that run starts from one file have names of their own") {
    const Workshop workshop;
    const auto lab = Workshop::lab_name();
    const auto file = write_pair(workshop, lab);
    const auto ended = workshop.netlab({"run", file, "--", Workshop::words({}).front(), "run", file,
                                        "--", "sh", "-c", "echo $NETLAB_LAB"});
    CHECK(ended.code == 0);
    CHECK(ended.out == lab + "-2\n");
    CHECK(workshop.left_of(lab).empty());
}

TEST_CASE("a signal to run reaches its command, and the lab ends with it") {
    const Workshop workshop;
    const auto lab = Workshop::lab_name();
    const auto file = write_pair(workshop, lab);
    for (const int signal : {SIGINT, SIGTERM}) {
        std::filesystem::remove(workshop.path() / "begun");
        Program run{
            Workshop::words({"run", file, "--", "sh", "-c", "echo x >begun; exec sleep 1000"}),
            workshop.setting()};
        REQUIRE(is_there(workshop, "begun"));
        run.signal(signal);
        CHECK(run.finish().code == 128 + signal);
        CHECK(workshop.left_of(lab).empty());
    }
}

TEST_CASE("a lab ends with the run that started it, even if that is killed") {
    const Workshop workshop;
    const auto lab = Workshop::lab_name();
    const auto file = write_pair(workshop, lab);
    Program run{Workshop::words(
                    {"run", file, "--", "sh", "-c", "echo x >begun; exec sleep 3 >/dev/null 2>&1"}),
                workshop.setting()};
    REQUIRE(is_there(workshop, "begun"));
    run.signal(SIGKILL);
    run.finish();
    CHECK(eventually([&] { return workshop.netlab({"ls", "--names"}).out.empty(); }));
    CHECK(workshop.left_of(lab).empty());
}

} // namespace netlab::test
