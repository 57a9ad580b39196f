# With NETLAB_PCH what most files include is compiled once: a build takes a third less. Off by default, so that a file that
# does not include what it names still fails somewhere (clang-tidy's build).
option(NETLAB_PCH "precompile the headers that most files include" OFF)
set(NETLAB_COMMON_HEADERS <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <optional> <set> <span>
    <string> <string_view> <system_error> <unordered_map> <utility> <variant> <vector>)

# netlab_precompile(<target> <name> [<header>...]): the first target with that name makes it, the next ones share it.
function(netlab_precompile target name)
    if(NOT NETLAB_PCH)
        return()
    endif()
    if(NOT TARGET netlab_pch_${name})
        file(WRITE ${CMAKE_BINARY_DIR}/pch_${name}.cpp "")
        add_library(netlab_pch_${name} OBJECT ${CMAKE_BINARY_DIR}/pch_${name}.cpp)
        target_link_libraries(netlab_pch_${name} PRIVATE ${NETLAB_FMT})
        if(TARGET Catch2::Catch2)
            target_link_libraries(netlab_pch_${name} PRIVATE Catch2::Catch2)
        endif()
        target_precompile_headers(netlab_pch_${name} PRIVATE ${NETLAB_COMMON_HEADERS} ${ARGN})
    endif()
    target_precompile_headers(${target} REUSE_FROM netlab_pch_${name})
endfunction()

# netlab_room(<name> STANDS_ON <room>... [USES <library>...])
#
# A folder of src/ is a library netlab_<name>. STANDS_ON is all that its files may include from this project;
# scripts/check-floors holds them to it. USES names outside libraries.
function(netlab_room name)
    cmake_parse_arguments(ROOM "" "" "STANDS_ON;USES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
    set(linked ${ROOM_USES})
    foreach(room ${ROOM_STANDS_ON})
        list(APPEND linked netlab_${room})
    endforeach()
    if(sources)
        add_library(netlab_${name} STATIC ${sources})
        # -iquote, not -I: the room sys must not answer for <sys/…>.
        target_compile_options(netlab_${name} PUBLIC "SHELL:-iquote ${CMAKE_SOURCE_DIR}/src")
        target_link_libraries(netlab_${name} PUBLIC ${linked})
        netlab_precompile(netlab_${name} rooms <fmt/format.h>)
    else()
        add_library(netlab_${name} INTERFACE)
        target_compile_options(netlab_${name} INTERFACE "SHELL:-iquote ${CMAKE_SOURCE_DIR}/src")
        target_link_libraries(netlab_${name} INTERFACE ${linked})
    endif()
endfunction()

# netlab_room_tests(<name> [KERNEL] [USES <library>...])
#
# The tests of a room are one program test_<name>. KERNEL: its main re-executes it inside namespaces of its own.
function(netlab_room_tests name)
    cmake_parse_arguments(ROOM "KERNEL" "" "USES" ${ARGN})
    file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${name}/*.cpp)
    if(NOT sources)
        return()
    endif()
    add_executable(test_${name} ${sources})
    target_compile_options(test_${name} PRIVATE "SHELL:-iquote ${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(test_${name} PRIVATE netlab_${name} ${ROOM_USES})
    netlab_precompile(test_${name} tests <fmt/format.h> "${CMAKE_SOURCE_DIR}/tests/support/catch.h")
    if(ROOM_KERNEL)
        target_link_libraries(test_${name} PRIVATE netlab_test_world)
    else()
        target_link_libraries(test_${name} PRIVATE Catch2::Catch2WithMain)
    endif()
    # Discovered when ctest runs, not when the build ends: listing a kernel test program needs namespaces.
    catch_discover_tests(test_${name} TEST_PREFIX "${name}: " DISCOVERY_MODE PRE_TEST
        PROPERTIES TIMEOUT 600 LABELS ${name})
endfunction()
