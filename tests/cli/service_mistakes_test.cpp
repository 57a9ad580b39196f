#include "support/catch.h"
#include "support/lab_under_test.h"

namespace netlab::test {

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("mistakes in the words of ps, logs, stop, start and top are told with what was meant") {
    const Workshop workshop;
    const LabUnderTest lab{workshop, R"({ "nodes": { "db": { "run": [
        { "name": "redis", "command": "exec sleep 1000" }] }, "h[1-2]": {} } })"};
    const auto mistake = [&](const std::string& command, const std::vector<std::string>& words,
                             const std::string& said, const std::string& hint) {
        const auto ended = lab.netlab(command, words);
        INFO(ended.err);
        CHECK(ended.code == 2);
        CHECK(ended.out.empty());
        CHECK(has(ended.err, said));
        CHECK(has(ended.err, hint));
    };
    mistake("logs", {"bd"}, "has no node 'bd'", "db");
    mistake("logs", {"db/reds"}, "node db has no service 'reds'", "redis");
    mistake("logs", {"h1"}, "have no services", "'run'");
    mistake("logs", {"db/"}, "neither a node nor a service", "NODE/SERVICE");
    mistake("logs", {"db", "--since", "yesterday"}, "is not a duration", "5m");
    mistake("stop", {"db/reds"}, "node db has no service 'reds'", "redis");
    mistake("stop", {"h1/web"}, "node h1 has no service 'web'", "it has none");
    mistake("stop", {"h[1-2]/web"}, "one of one node's", "");
    mistake("stop", {"db", "--timeout", "soon"}, "is not a duration", "10s");
    mistake("start", {"nothing"}, "has no node 'nothing'", "");
    mistake("top", {"h3"}, "has no node 'h3'", "");
    mistake("ps", {"@edge"}, "no node", "label");
    CHECK(lab.netlab("ps", {"h1"}).code == 0);
    CHECK(workshop.netlab({"down", "nothing", "--timeout", "x"}).code == 2);
    CHECK(workshop.netlab({"stop"}).code == 2);
}

} // namespace netlab::test
