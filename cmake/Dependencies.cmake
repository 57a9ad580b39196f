find_package(PkgConfig REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json 3.9 REQUIRED)
pkg_check_modules(libmnl REQUIRED IMPORTED_TARGET libmnl)
pkg_check_modules(libnl REQUIRED IMPORTED_TARGET libnl-route-3.0)
pkg_check_modules(libfyaml REQUIRED IMPORTED_TARGET libfyaml)
pkg_check_modules(liburing REQUIRED IMPORTED_TARGET liburing)
pkg_check_modules(smartcols REQUIRED IMPORTED_TARGET smartcols)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

# What a command links at start decides how fast `netlab exec` answers: every shared library is a few
# system calls and relocations. Archives are taken where the distribution ships them.
function(netlab_prefer_archive out fallback)
    set(archives "")
    foreach(name ${ARGN})
        find_library(NETLAB_ARCHIVE_${name} NAMES lib${name}.a)
        if(NOT NETLAB_ARCHIVE_${name})
            set(${out} ${fallback} PARENT_SCOPE)
            return()
        endif()
        list(APPEND archives ${NETLAB_ARCHIVE_${name}})
    endforeach()
    set(${out} ${archives} PARENT_SCOPE)
endfunction()
netlab_prefer_archive(NETLAB_LIBNL PkgConfig::libnl nl-route-3 nl-3)
netlab_prefer_archive(NETLAB_LIBFYAML PkgConfig::libfyaml fyaml)
netlab_prefer_archive(NETLAB_LIBURING PkgConfig::liburing uring)

# fmt compiled in, where its version lets us; see fmt.cpp.
get_target_property(NETLAB_FMT_INCLUDE fmt::fmt-header-only INTERFACE_INCLUDE_DIRECTORIES)
try_compile(NETLAB_OWN_FMT ${CMAKE_BINARY_DIR}/try_fmt ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${NETLAB_FMT_INCLUDE}
    COMPILE_DEFINITIONS -DNETLAB_TRY_FMT CXX_STANDARD 20)
if(NETLAB_OWN_FMT)
    add_library(netlab_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt.cpp)
    target_include_directories(netlab_fmt SYSTEM PUBLIC ${NETLAB_FMT_INCLUDE})
    set(NETLAB_FMT netlab_fmt)
else()
    set(NETLAB_FMT fmt::fmt)
endif()

# spdlog with that fmt, compiled once: its shared library would bring its own.
get_target_property(NETLAB_SPDLOG_INCLUDE spdlog::spdlog_header_only INTERFACE_INCLUDE_DIRECTORIES)
add_library(netlab_spdlog STATIC ${CMAKE_CURRENT_LIST_DIR}/spdlog.cpp)
target_include_directories(netlab_spdlog SYSTEM PUBLIC ${NETLAB_SPDLOG_INCLUDE})
target_compile_definitions(netlab_spdlog PUBLIC SPDLOG_FMT_EXTERNAL SPDLOG_COMPILED_LIB)
target_link_libraries(netlab_spdlog PUBLIC ${NETLAB_FMT})
