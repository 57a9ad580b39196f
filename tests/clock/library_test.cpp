#include "clock/library.h"
#include "clock/setting.h"
#include "support/catch.h"
#include "support/world.h"
#include "sys/mounts.h"
#include "sys/unique_fd.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/mount.h>

namespace netlab::test {

namespace {

/// What a node has in its /run.
class Equipment {
public:
    explicit Equipment(const ClockSetting& setting) {
        REQUIRE(::mount("tmpfs", "/run", "tmpfs", 0, nullptr) == 0);
        std::filesystem::create_directories(clock_directory);
        const auto bytes = clock_library();
        std::ofstream{clock_library_file}.write(reinterpret_cast<const char*>(bytes.data()),
                                                static_cast<std::streamsize>(bytes.size()));
        page_.reset(::open(clock_page_file, O_RDWR | O_CREAT | O_CLOEXEC, 0644));
        write_new_page(page_.get(), setting);
    }
    ~Equipment() { ::umount2("/run", MNT_DETACH); }
    Equipment(const Equipment&) = delete;
    Equipment& operator=(const Equipment&) = delete;

    void set(const ClockSetting& setting) const { write_page(page_.get(), setting); }
    static CommandResult run(const std::string& command) {
        return shell(std::string{"LD_PRELOAD="} + clock_library_file + " " + command);
    }

private:
    UniqueFd page_;
};

ClockSetting off_by(std::int64_t seconds) {
    return {host_now(), seconds * 1'000'000'000, 0};
}

} // namespace

TEST_CASE("whatever asks for the time and whatever waits for one goes by the node's clock") {
    const Equipment equipment{off_by(-3600)};
    for (const int seconds : {-3600, 3600}) {
        equipment.set(off_by(seconds));
        const auto subject = Equipment::run(NETLAB_CLOCK_SUBJECT " " + std::to_string(seconds));
        INFO(subject.output);
        CHECK(subject.code == 0);
    }
}

TEST_CASE("a program that runs sees its clock jump, and wakes at what is over then") {
    const Equipment equipment{off_by(0)};
    const auto subject = Equipment::run(NETLAB_CLOCK_SUBJECT " jump");
    INFO(subject.output);
    CHECK(subject.code == 0);
}

TEST_CASE("a program with the library and without a page has the host's clock") {
    const Equipment equipment{off_by(3600)};
    std::filesystem::remove(clock_page_file);
    CHECK(Equipment::run(NETLAB_CLOCK_SUBJECT " 0").code == 0);
    { const std::ofstream empty{clock_page_file}; }
    CHECK(Equipment::run("date +%s >/dev/null").code == 0);
}

TEST_CASE("a page's writer that dies half way holds nobody up") {
    ClockPage page{};
    page.settings[0].offset = 1;
    page.settings[1].offset = 2;
    page.turn = 7;
    CHECK(read_setting(page).offset == 2);
}

TEST_CASE("date and Python go by the node's clock, and sleep as long as ever") {
    const Equipment equipment{off_by(86400 * 365)};
    const auto year = [](const std::string& text) { return std::stoi(text); };
    CHECK(year(Equipment::run("date +%Y").output) == year(shell("date +%Y").output) + 1);
    const auto python = Equipment::run("python3 -c 'import time; m, t = time.monotonic(), "
                                       "time.time(); time.sleep(0.05); print(0.05 <= "
                                       "time.monotonic() - m < 5, 0.05 <= time.time() - t < 5)'");
    CHECK(python.output == "True True\n");
}

} // namespace netlab::test
