#include "base/limits.h"
#include "support/catch.h"

using namespace netlab;

TEST_CASE("bytes are written with their unit, of a thousand or of 1024") {
    CHECK(parse_bytes("256MiB") == 256ULL << 20U);
    CHECK(parse_bytes("1.5GiB") == 1536ULL << 20U);
    CHECK(parse_bytes("64kB") == 64'000U);
    CHECK(parse_bytes("0B") == 0U);
    for (const auto* text : {"", "256", "MiB", "-1MiB", "1 MiB", "1mib", "1.MiB", "0.3B",
                             "99999999999999999999GiB", "1MiBx"}) {
        INFO(text);
        CHECK_FALSE(parse_bytes(text));
    }
}

TEST_CASE("bytes are spelled so that they read back as the same") {
    for (const std::uint64_t bytes : {1ULL, 1000ULL, 1024ULL, 64'000'000ULL, 256ULL << 20U,
                                      1536ULL << 20U, 1ULL << 50U, 12'345'678'901ULL}) {
        CHECK(parse_bytes(spell_bytes(bytes)) == bytes);
    }
    CHECK(spell_bytes(256U << 20U) == "256MiB");
    CHECK(spell_bytes(0) == "0B");
}

TEST_CASE("processors are spelled with no more decimals than they have") {
    CHECK(spell_cpu(500) == "0.5");
    CHECK(spell_cpu(2000) == "2");
    CHECK(spell_cpu(1) == "0.001");
    CHECK(spell_cpu(12'345) == "12.345");
}

TEST_CASE("only the limits that are set are told") {
    CHECK(texts_of({}).empty());
    const auto texts = texts_of({500, std::nullopt, 7});
    REQUIRE(texts.size() == 2);
    CHECK(texts[0] == std::pair<std::string, std::string>{"cpu", "0.5"});
    CHECK(texts[1] == std::pair<std::string, std::string>{"pids", "7"});
}
