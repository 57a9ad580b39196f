#pragma once

#include <atomic>

#include <dlfcn.h>

namespace netlab {

/// The function of libc that one of ours stands before. Found once, and before main: looking it up
/// takes a lock of the dynamic linker's.
template <class Function>
class Real {
public:
    constexpr explicit Real(const char* name, const char* version = nullptr)
        : name_{name}, version_{version} {}

    Function* get() {
        auto* found = found_.load(std::memory_order_relaxed);
        if (found == nullptr) {
            found = find();
            found_.store(found, std::memory_order_relaxed);
        }
        return found;
    }
    Function* found() const { return found_.load(std::memory_order_relaxed); }

private:
    Function* find() const {
        void* symbol = version_ != nullptr ? ::dlvsym(RTLD_NEXT, name_, version_) : nullptr;
        symbol = symbol == nullptr ? ::dlsym(RTLD_NEXT, name_) : symbol;
        return reinterpret_cast<Function*>(symbol);
    }

    const char* name_;
    const char* version_; ///< of several that libc has
    std::atomic<Function*> found_{nullptr};
};

} // namespace netlab

/// A function that programs find in the place of libc's.
#define NETLAB_IN_FRONT extern "C" __attribute__((visibility("default")))
