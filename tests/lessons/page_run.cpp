#include "lessons/page_run.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace netlab {

namespace {

namespace fs = std::filesystem;

/// For one page. A command that waits for ever is to fail the test, not to hang it.
constexpr int most_seconds = 120;

fs::path new_folder() {
    // Short: a socket's path has at most 107 bytes.
    std::string name = "/tmp/netlab-lessons.XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::runtime_error{"cannot create " + name};
    }
    return name;
}

} // namespace

PageRun::PageRun() : folder_(new_folder()) {
    for (const char* name : {"bin", "here", "state", "run"}) {
        fs::create_directory(folder_ / name);
    }
    fs::create_symlink(NETLAB_BINARY, folder_ / "bin/netlab");
    fs::copy(NETLAB_SOURCE_DIR "/topologies", folder_ / "here/topologies");
}

PageRun::~PageRun() {
    run_script("netlab down --all");
    std::error_code stays; // a temporary folder: nothing worse than that it stays
    fs::remove_all(folder_, stays);
}

std::string PageRun::run(const std::vector<Step>& steps) {
    return run_script(script_of(steps));
}

std::string PageRun::running_labs() {
    return run_script("netlab ls --names");
}

std::string PageRun::run_script(const std::string& script) {
    const auto path = folder_ / "script";
    std::ofstream{path} << "unset BASH_ENV ENV\nexport LC_ALL=C TERM=dumb PATH=" << folder_.string()
                        << "/bin:$PATH NETLAB_STATE_DIR=" << folder_.string()
                        << "/state XDG_RUNTIME_DIR=" << folder_.string() << "/run\ncd "
                        << folder_.string() << "/here || exit\n"
                        << script << '\n';
    // A file, not a pipe: something that a page leaves running on the host may keep it open.
    const auto output = folder_ / "output";
    const auto command = "timeout -k 5 " + std::to_string(most_seconds) + " bash " + path.string() +
                         " </dev/null >" + output.string() + " 2>&1";
    if (std::system(command.c_str()) == -1) {
        throw std::runtime_error{"cannot run " + command};
    }
    std::ifstream file{output};
    return {std::istreambuf_iterator<char>{file}, {}};
}

} // namespace netlab
