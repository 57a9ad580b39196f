#include "node/command_output.h"
#include "support/catch.h"

#include <unistd.h>

namespace netlab::test {

TEST_CASE("the end of what was printed is kept, without its last newlines") {
    CommandOutput output{10};
    auto writing = output.open();
    REQUIRE(::write(writing.get(), "0123456789abc\n\n", 15) == 15);
    output.read();
    CHECK(output.text() == "56789abc");
    CHECK(output.fd() >= 0);
    writing.reset();
    output.read();
    CHECK(output.fd() == -1);
    writing = output.open();
    CHECK(output.text().empty());
}

TEST_CASE("what is left to print is thrown away, and the pipe goes with its last writer") {
    CommandOutput output{10};
    auto writing = output.open();
    LeftOutput left;
    left.add(output.release());
    left.add(output.release()); // none any more
    const std::string much(60000, 'x');
    for (int i = 0; i < 5; ++i) {
        REQUIRE(::write(writing.get(), much.data(), much.size()) == 60000);
        left.discard();
    }
    std::vector<pollfd> polls;
    left.add_polls(polls);
    CHECK(polls.size() == 1);
    CHECK_FALSE(left.empty());
    writing.reset();
    left.discard();
    CHECK(left.empty());
}

} // namespace netlab::test
