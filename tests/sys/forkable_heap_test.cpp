#include "sys/forkable_heap.h"
#include "sys/text_file.h"

#include <cstdlib>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

/// KiB of page tables of a child that does nothing.
int page_tables_of_child() {
    const pid_t child = ::fork();
    if (child == 0) {
        ::pause();
        ::_exit(0);
    }
    const auto status = read_file("/proc/" + std::to_string(child) + "/status");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    return std::atoi(status.c_str() + status.find("VmPTE:") + 6);
}

/// In a process of its own: what is moved stays moved.
template <class Function>
int apart(const Function& function) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(function());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

constexpr std::size_t much = 40U << 20U;

} // namespace

TEST_CASE("a process whose heap is in a file has children with small page tables") {
    CHECK(apart([] {
              std::vector<char> large(much, 'x');
              const int before = page_tables_of_child();
              const auto moved = move_heap_to_file(1);
              const int after = page_tables_of_child();
              return moved >= much && before - after >= 60 ? 0 : 1;
          }) == 0);
}

TEST_CASE("a heap that was moved to a file is as it was, and grows and shrinks") {
    CHECK(apart([] {
              std::vector<std::string> words;
              for (int i = 0; i < 20'000; ++i) {
                  words.push_back("the word of number " + std::to_string(i));
              }
              std::vector<unsigned> large(1'000'000);
              std::iota(large.begin(), large.end(), 0U);
              auto* block = static_cast<char*>(std::malloc(1U << 20U));
              std::fill_n(block, 1U << 20U, 'b');
              move_heap_to_file(1);
              block = static_cast<char*>(std::realloc(block, 64U << 20U)); // by mremap(2)
              block[(64U << 20U) - 1] = 'e';
              for (int i = 0; i < 20'000; ++i) {
                  words.push_back("the word of number " + std::to_string(words.size()));
              }
              bool same = block[(1U << 20U) - 1] == 'b';
              for (std::size_t i = 0; i < words.size(); ++i) {
                  same = same && words[i] == "the word of number " + std::to_string(i);
              }
              same = same && large[999'999] == 999'999;
              std::free(block);
              words = {};
              large = {};
              return same ? 0 : 1;
          }) == 0);
}

TEST_CASE("what a child writes to a heap in a file its parent does not see") {
    CHECK(apart([] {
              std::vector<char> large(much, 'x');
              move_heap_to_file(1);
              const int child = apart([&] {
                  std::fill(large.begin(), large.end(), 'y');
                  return 0;
              });
              return child == 0 && large.front() == 'x' && large.back() == 'x' ? 0 : 1;
          }) == 0);
}

TEST_CASE("a heap stays where it is if it is small or files may not be large") {
    CHECK(apart([] { return move_heap_to_file(std::size_t{1} << 40U) == 0 ? 0 : 1; }) == 0);
    CHECK(apart([] {
              const ::rlimit limit{1U << 20U, 1U << 20U};
              ::setrlimit(RLIMIT_FSIZE, &limit);
              return move_heap_to_file(1) == 0 ? 0 : 1;
          }) == 0);
}

} // namespace netlab::test
