#include "other_root.h"

#include "support/world.h"
#include "sys/check.h"
#include "sys/id_map.h"
#include "sys/process.h"
#include "sys/unique_fd.h"

#include <array>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace netlab::test {

namespace {

struct Pipe {
    UniqueFd from;
    UniqueFd to;
    Pipe() {
        std::array<int, 2> ends{};
        check(::pipe2(ends.data(), O_CLOEXEC), "make a pipe");
        from.reset(ends[0]);
        to.reset(ends[1]);
    }
};

[[noreturn]] void answer(const UniqueFd& to, const std::function<std::string()>& look) {
    std::string text;
    try {
        text = look();
    } catch (const std::exception& error) {
        text = error.what();
    }
    std::ignore = ::write(to.get(), text.data(), text.size());
    ::_exit(0);
}

/// In a child with these namespaces, which waits until `prepare` has dealt with it.
std::string in_child(std::uint64_t namespaces, const std::function<void(pid_t)>& prepare,
                     const std::function<std::string()>& look) {
    Pipe go;
    Pipe result;
    const auto clone = clone_process(namespaces);
    check(clone.pid, "clone");
    if (clone.pid == 0) {
        char byte = 0;
        std::ignore = ::read(go.from.get(), &byte, 1);
        answer(result.to, look);
    }
    result.to.reset();
    prepare(clone.pid);
    std::ignore = ::write(go.to.get(), "+", 1);
    std::string text;
    std::array<char, 4096> bytes{};
    for (ssize_t n = 0; (n = ::read(result.from.get(), bytes.data(), bytes.size())) > 0;) {
        text.append(bytes.data(), static_cast<std::size_t>(n));
    }
    ::waitpid(clone.pid, nullptr, 0);
    return text;
}

} // namespace

std::string in_lab(const LabRoot& root, const std::function<std::string()>& look,
                   const std::function<void()>& before) {
    return in_child(
        CLONE_NEWNS, [](pid_t) {},
        [&] {
            const auto place = enter_lab_root(root);
            before();
            lay_ground(place, root_owners());
            return look();
        });
}

std::string in_node(const LabRoot& lab, const NodeRoot& node,
                    const std::function<std::string()>& look, const std::function<void()>& before) {
    const auto inside = [&] {
        mount_node_proc();
        enter_node_root(node);
        return look();
    };
    const auto look_in_node = [&] {
        return in_child(
            CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC |
                CLONE_NEWUTS | CLONE_NEWCGROUP,
            [](pid_t pid) { write_id_map_files(pid, "0 0 1", "0 0 1"); }, inside);
    };
    return in_lab(lab, look_in_node, before);
}

Owners& root_owners() {
    static Owners owners;
    return owners;
}

std::string says(const std::string& command) {
    auto [code, output] = shell(command);
    while (!output.empty() && output.back() == '\n') {
        output.pop_back();
    }
    return code == 0 ? output : output + " (exit code " + std::to_string(code) + ")";
}

} // namespace netlab::test
