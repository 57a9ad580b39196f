#include "lab/start_channel.h"
#include "support/catch.h"

namespace netlab::test {

TEST_CASE(
    "the last words of a supervisor are heard, though it has not heard all that it was told") {
    auto channel = StartChannel::open();
    REQUIRE(send_go(channel.command));
    const StartMessage words{StartMessage::Kind::failed, Phase::configure, 1, 2, "why", "a hint"};
    send_message(channel.supervisor, words);
    channel.supervisor.reset();
    UniqueFd descriptor;
    CHECK(receive_message(channel.command, descriptor) == words);
    CHECK(receive_message(channel.command, descriptor) == std::nullopt);
}

} // namespace netlab::test
