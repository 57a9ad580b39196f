#include "node/report.h"
#include "support/catch.h"

#include <array>

#include <fcntl.h>

namespace netlab::test {

namespace {

struct ReportPipe {
    UniqueFd from;
    UniqueFd to;
    ReportPipe() {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
        from.reset(ends[0]);
        to.reset(ends[1]);
    }
};

} // namespace

TEST_CASE("reports of many nodes come out of one pipe in order, each as it was sent") {
    const ReportPipe pipe;
    for (std::uint32_t node = 0; node < 500; ++node) {
        send_report(pipe.to.get(),
                    {node, Report::Kind::ready, Report::Subject::command, node * 2, {}});
    }
    send_report(pipe.to.get(), {7, Report::Kind::failed, Report::Subject::sysctl, 3, "why"});
    ReportReader reader;
    std::vector<Report> reports;
    for (auto some = reader.read(pipe.from); !some.empty(); some = reader.read(pipe.from)) {
        reports.insert(reports.end(), some.begin(), some.end());
    }
    REQUIRE(reports.size() == 501);
    CHECK(reports[499].node == 499);
    CHECK(reports[499].item == 998);
    CHECK(reports[500].kind == Report::Kind::failed);
    CHECK(reports[500].subject == Report::Subject::sysctl);
    CHECK(reports[500].message == "why");
}

TEST_CASE("a report with a long message is cut, so that it stays in one piece") {
    const ReportPipe pipe;
    send_report(pipe.to.get(),
                {1, Report::Kind::failed, Report::Subject::root, 0, std::string(100000, 'x')});
    send_report(pipe.to.get(), {2, Report::Kind::ready, Report::Subject::root, 0, {}});
    ReportReader reader;
    const auto reports = reader.read(pipe.from);
    REQUIRE(reports.size() == 2);
    CHECK(reports[0].message.size() > 1000);
    CHECK(reports[0].message.size() < 100000);
    CHECK(reports[1].node == 2);
}

TEST_CASE("a reader waits for the rest of a report, and for nothing when nothing is there") {
    const ReportPipe whole;
    send_report(whole.to.get(), {1, Report::Kind::ready, Report::Subject::root, 0, "message"});
    std::array<char, 100> bytes{};
    const auto size = ::read(whole.from.get(), bytes.data(), bytes.size());
    REQUIRE(size > 10);
    const ReportPipe pipe;
    ReportReader reader;
    CHECK(reader.read(pipe.from).empty());
    REQUIRE(::write(pipe.to.get(), bytes.data(), 9) == 9);
    CHECK(reader.read(pipe.from).empty());
    REQUIRE(::write(pipe.to.get(), bytes.data() + 9, static_cast<std::size_t>(size) - 9) ==
            size - 9);
    CHECK(reader.read(pipe.from).size() == 1);
}

TEST_CASE("what is not of the form of a report is refused, and not waited for") {
    // node, item, size of the message, kind, subject, two bytes unused
    using Frame = std::array<std::uint32_t, 4>;
    const auto refuses = [](const Frame& frame) {
        const ReportPipe pipe;
        REQUIRE(::write(pipe.to.get(), frame.data(), sizeof frame) == sizeof frame);
        ReportReader reader;
        try {
            reader.read(pipe.from);
            return false;
        } catch (const std::runtime_error&) {
            return true;
        }
    };
    CHECK_FALSE(refuses({1, 0, 0, 2}));
    CHECK(refuses({1, 0, 0xffffffff, 2}));
    CHECK(refuses({1, 0, 4096, 2}));
    CHECK(refuses({1, 0, 0, 4}));
    CHECK(refuses({1, 0, 0, 0x502}));
}

} // namespace netlab::test
