#include "topology/loading.h"

#include <string>

#include <fmt/format.h>

// Sizes at which comparing everything with everything takes minutes.

namespace netlab {

namespace {

/// `pattern` with each number from 1 to `count` for {0}, with commas.
std::string many(int count, std::string_view pattern) {
    std::string text;
    for (int i = 1; i <= count; ++i) {
        text += (text.empty() ? "" : ",") + fmt::format(fmt::runtime(pattern), i);
    }
    return text;
}

} // namespace

TEST_CASE("a node may have hundreds of thousands of labels") {
    const auto lab =
        test::good(R"({"nodes":{"h":{"labels":["l1",)" + many(600'000, "\"l{0}\"") + "]}}}");
    CHECK(lab.nodes[0].labels.size() == 600'000);
}

TEST_CASE("hundreds of thousands of sysctls, variables and files are merged by key") {
    const auto settings = [](int sysctls, int variables, int files) {
        return "{\"sysctls\":{" + many(sysctls, "\"net.ipv4.x{0}\":1") + "},\"env\":{" +
               many(variables, "\"V{0}\":1") + "},\"files\":{" + many(files, "\"/f{0}\":\"\"") +
               "}}";
    };
    const auto lab = test::good("{\"defaults\":{\"node\":" + settings(100'000, 300'000, 100'000) +
                                "},\"nodes\":{\"h\":" + settings(50'000, 300'001, 50'000) + "}}");
    CHECK(lab.nodes[0].sysctls.size() == 100'000);
    CHECK(lab.nodes[0].env.size() == 300'001);
    CHECK(lab.nodes[0].files.size() == 100'000);
    CHECK(lab.nodes[0].files[0].path == "/f50001"); // what only the defaults have comes first
}

TEST_CASE("tens of thousands of nodes with groups that are not there name the first few groups") {
    const auto loaded =
        test::load("{\"groups\":{" + many(60'000, "\"group-number-{0}\":{{}}") + "},\"nodes\":{" +
                   many(60'000, "\"n{0}\":{{\"group\":\"x\"}}") + "}}");
    REQUIRE(loaded.errors.size() == Diagnostics::kept);
    CHECK(loaded.errors.front() ==
          "there is no group 'x' (the groups are group-number-1, group-number-2, group-number-3, "
          "group-number-4, group-number-5, group-number-6, group-number-7, group-number-8, "
          "group-number-9, group-number-10, group-number-11, group-number-12, …)");
}

TEST_CASE("nodes that there is no room for cost no copies of their group") {
    const auto loaded =
        test::load("{\"groups\":{\"g\":{\"env\":{" + many(100'000, "\"V{0}\":1") +
                   "}}},\"nodes\":{" + many(60'000, "\"n{0}\":{{\"group\":\"g\"}}") + "}}");
    REQUIRE(loaded.errors.size() == 1);
    CHECK(loaded.errors.front().starts_with("the nodes up to this one take more than 256 MiB"));
}

// n1 -> n2 -> … -> n60000 -> all of them
TEST_CASE("a circle of tens of thousands of nodes is shown by its first hundred") {
    std::string text = "{\"nodes\":{";
    for (int i = 1; i < 60'000; ++i) {
        text += fmt::format("\"n{}\":{{\"depends_on\":[\"n{}\"]}},", i, i + 1);
    }
    const auto loaded = test::load(text + R"("n60000":{"depends_on":["n[1-59999]"]}}})");
    CHECK(loaded.errors.size() == 20);
}

TEST_CASE("a router may have tens of thousands of routes by interface") {
    const auto lab =
        test::good("{\"nodes\":{\"h[1-60000]\":{},\"r\":{\"routes\":[" +
                   many(60'000, "{{\"to\":\"fd01::{0:x}/128\",\"interface\":\"p{0}\"}}") +
                   "]}},\"links\":[[\"h[1-60000]\",\"r:p[1-60000]\"]]}");
    CHECK(lab.nodes.back().routes.size() == 60'000);
}

TEST_CASE("tens of thousands of routes by interfaces that are not there name the first few") {
    const auto loaded =
        test::load("{\"nodes\":{\"h[1-60000]\":{},\"r\":{\"routes\":[" +
                   many(60'000, "{{\"to\":\"fd01::{0:x}/128\",\"interface\":\"unknown\"}}") +
                   "]}},\"links\":[[\"h[1-60000]\",\"r:p[1-60000]\"]]}");
    REQUIRE(loaded.errors.size() == Diagnostics::kept);
    CHECK(loaded.errors.front() == "node 'r' has no interface 'unknown' (it has p1, p2, p3, p4, "
                                   "p5, p6, p7, p8, p9, p10, p11, p12, …)");
}

} // namespace netlab
