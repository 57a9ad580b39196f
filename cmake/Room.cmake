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
    if(ROOM_KERNEL)
        target_link_libraries(test_${name} PRIVATE netlab_test_world)
    else()
        target_link_libraries(test_${name} PRIVATE Catch2::Catch2WithMain)
    endif()
    # Discovered when ctest runs, not when the build ends: listing a kernel test program needs namespaces.
    catch_discover_tests(test_${name} TEST_PREFIX "${name}: " DISCOVERY_MODE PRE_TEST
        PROPERTIES TIMEOUT 600 LABELS ${name})
endfunction()
