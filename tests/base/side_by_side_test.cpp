#include "base/side_by_side.h"
#include "support/catch.h"

#include <atomic>
#include <stdexcept>
#include <vector>

using namespace netlab;

TEST_CASE("threads side by side take every number once, also in a last portion that is short") {
    for (const std::size_t count : {0U, 1U, 63U, 64U, 1000U}) {
        std::vector<std::atomic<int>> taken(count);
        side_by_side(count, 64, [&](Portions& portions) {
            while (const auto portion = portions.take()) {
                for (auto i = portion->begin; i < portion->end; ++i) {
                    ++taken[i];
                }
            }
        });
        int wrong = 0;
        for (const auto& times : taken) {
            wrong += times == 1 ? 0 : 1;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("what a thread throws is thrown to the caller when all have ended") {
    std::atomic<int> done = 0;
    CHECK_THROWS_AS(side_by_side(1000, 10,
                                 [&](Portions& portions) {
                                     while (const auto portion = portions.take()) {
                                         if (portion->begin == 500) {
                                             throw std::runtime_error{"no"};
                                         }
                                         ++done;
                                     }
                                 }),
                    std::runtime_error);
    CHECK(done <= 99);
}
