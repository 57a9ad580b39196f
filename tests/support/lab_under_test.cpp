#include "support/lab_under_test.h"

#include "support/catch.h"
#include "support/golden.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>

#include <unistd.h>

namespace netlab::test {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> joined(std::vector<std::string> first,
                                const std::vector<std::string>& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

fs::path make_folder(const std::string& in) {
    auto pattern = in + "/netlab-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error{"cannot make a folder in " + in};
    }
    return pattern;
}

std::string told(const Ended& ended) {
    return "exit code " + std::to_string(ended.code) + "\n" + ended.out + ended.err;
}

} // namespace

// Not below /tmp: nodes have a /tmp of their own, and some tests look from inside. The labs' state
// is below it, because that is where a node sees nothing of it, as is usual.
Workshop::Workshop()
    : path_(make_folder("/var/tmp")), scratch_(make_folder("/tmp")), before_(HostState::now()) {
    fs::permissions(path_, fs::perms{0755});
    fs::permissions(scratch_, fs::perms{0755}); // the root of root's labs is another
}

Workshop::~Workshop() {
    netlab({"down", "--all"});
    std::error_code ignored; // a test that leaves more has failed already
    fs::remove_all(path_, ignored);
    fs::remove_all(scratch_, ignored);
}

fs::path Workshop::write(const std::string& name, const std::string& text) const {
    const auto file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream{file, std::ios::binary} << text;
    return file;
}

Setting Workshop::setting() const {
    Setting setting;
    setting.directory = path_;
    setting.env = {{"NETLAB_STATE_DIR", state()}, {"LC_ALL", "C.UTF-8"}};
    return setting;
}

Ended Workshop::netlab(const std::vector<std::string>& arguments) const {
    return run(words(arguments), setting());
}

Ended Workshop::netlab(const std::vector<std::string>& arguments, const Setting& setting) const {
    return run(words(arguments), setting);
}

std::vector<std::string> Workshop::words(const std::vector<std::string>& words) {
    return joined({NETLAB_PROGRAM}, words);
}

std::string Workshop::lab_name() {
    static std::atomic<int> count = 0;
    return "t" + std::to_string(::getpid()) + "-" + std::to_string(++count);
}

std::string Workshop::left_of(const std::string& lab) const {
    std::string left;
    const auto nothing = [&] {
        left.clear();
        for (const auto& process : processes_called(lab)) {
            left += "process " + std::to_string(process.pid) + "\n";
        }
        if (fs::exists(state_of(lab))) {
            left += "state folder " + state_of(lab).string() + "\n";
        }
        const auto now = HostState::now();
        left += now.interfaces == before_.interfaces ? "" : "interfaces:\n" + now.interfaces;
        left += now.mounts == before_.mounts ? "" : "mounts:\n" + now.mounts;
        left += now.netns_names == before_.netns_names ? "" : "names:\n" + now.netns_names;
        return left.empty();
    };
    eventually(nothing, std::chrono::seconds{20});
    return left;
}

LabUnderTest::LabUnderTest(const Workshop& workshop, const std::string& topology)
    : workshop_(workshop), name_(Workshop::lab_name()) {
    bring_up(workshop.write(name_ + ".json", topology));
}

LabUnderTest::LabUnderTest(const Workshop& workshop, const TopologyFile& file)
    : workshop_(workshop), name_(Workshop::lab_name()) {
    bring_up(file.path);
}

void LabUnderTest::bring_up(const fs::path& file) {
    up_ = workshop_.netlab({"up", "--lab", name_, file});
    INFO("up " << file.string() << ": " << told(up_));
    REQUIRE(up_.code == 0);
}

LabUnderTest::~LabUnderTest() noexcept(false) {
    const auto processes = processes_of(name_);
    const bool runs = fs::exists(workshop_.state_of(name_));
    const auto down = runs ? workshop_.netlab({"down", name_}) : Ended{0, {}, {}};
    const auto left = workshop_.left_of(name_);
    if (std::uncaught_exceptions() > 0) {
        return; // the test has failed already, and says so
    }
    INFO("down: " << told(down));
    CHECK(down.code == 0);
    CHECK(left == "");
    INFO("left: " << left);
    for (const auto& process : processes) {
        CHECK_FALSE(process.exists());
    }
}

Ended LabUnderTest::exec(const std::string& node, const std::vector<std::string>& command) const {
    return workshop_.netlab(joined({"exec", "--lab", name_, node, "--"}, command));
}

Ended LabUnderTest::sh(const std::string& node, const std::string& script) const {
    return exec(node, {"sh", "-c", script});
}

std::string LabUnderTest::says(const std::string& node, const std::string& script) const {
    const auto ended = sh(node, script);
    INFO(node << ": " << script << ": " << told(ended));
    REQUIRE(ended.code == 0);
    auto text = ended.out;
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

bool LabUnderTest::has_many_ids(const std::string& node) const {
    return says(node, "awk '{n += $3} END {print n}' /proc/self/uid_map") != "1";
}

Ended LabUnderTest::netlab(const std::string& command,
                           const std::vector<std::string>& words) const {
    return workshop_.netlab(joined({command, "--lab", name_}, words));
}

pid_t LabUnderTest::supervisor() const {
    const auto processes = processes_of(name_);
    REQUIRE_FALSE(processes.empty());
    return processes.front().pid;
}

pid_t LabUnderTest::init_of(const std::string& node) const {
    for (const auto& process : processes_of(name_)) {
        const auto line = content_of("/proc/" + std::to_string(process.pid) + "/cmdline");
        if (line.substr(0, line.find('\0')) == "netlab: " + node) {
            return process.pid;
        }
    }
    FAIL("node " << node << " has no init");
    return -1;
}

TopologyFile lab_file(const std::string& name) {
    return {source_path("topologies/" + name)};
}

bool has_many_ids(const Workshop& workshop) {
    return LabUnderTest{workshop, R"({ "nodes": { "a": {} } })"}.has_many_ids("a");
}

} // namespace netlab::test
