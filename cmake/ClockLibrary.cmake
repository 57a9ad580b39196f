# The library that shows programs their node's clock (src/clock/preload, docs/decisions/clock.md). It goes into programs of
# others: so nothing but libc, no exceptions, no sanitizer, and no name of its own that they could see.
file(GLOB clock_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/clock/preload/*.cpp)
add_library(netlab_clock_library MODULE ${clock_sources})
set_target_properties(netlab_clock_library PROPERTIES
    OUTPUT_NAME netlab-clock PREFIX "" LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/clock
    COMPILE_OPTIONS "" LINK_OPTIONS "" LINK_LIBRARIES "" UNITY_BUILD OFF POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden)
# It stands before functions to whose arguments headers give promises that its callers need not keep.
target_compile_options(netlab_clock_library PRIVATE "SHELL:-iquote ${CMAKE_SOURCE_DIR}/src"
    -O2 -fPIC -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-sanitize=all -fno-delete-null-pointer-checks
    -Wno-ignored-attributes -Wno-nonnull-compare -Wno-tautological-pointer-compare -Wno-unknown-warning-option)
target_link_options(netlab_clock_library PRIVATE -fno-sanitize=all -nostdlib -s -Wl,-z,now -Wl,-z,defs -Wl,--hash-style=both)
target_link_libraries(netlab_clock_library PRIVATE -lc -lgcc)

# Puts the library's file into the room that hands it out.
function(netlab_embed_clock_library room)
    set(file ${CMAKE_BINARY_DIR}/clock/netlab-clock.so)
    add_dependencies(${room} netlab_clock_library)
    set_source_files_properties(${CMAKE_SOURCE_DIR}/src/clock/library.cpp PROPERTIES
        OBJECT_DEPENDS ${file} SKIP_UNITY_BUILD_INCLUSION ON
        COMPILE_DEFINITIONS "NETLAB_CLOCK_LIBRARY=\"${file}\"")
endfunction()
