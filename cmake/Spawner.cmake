# The program that clones nodes (src/spawner.cpp, docs/decisions/spawner.md), and its way into the room that starts it. Where it
# cannot be a program without shared libraries, or has a sanitizer, the supervisor's own forks clone the nodes.
function(netlab_embed_spawner room)
    if(NOT NETLAB_STATIC OR NOT NETLAB_OWN_FMT OR CMAKE_CXX_FLAGS MATCHES "-fsanitize")
        return()
    endif()
    add_executable(netlab_spawner ${CMAKE_SOURCE_DIR}/src/spawner.cpp)
    target_compile_options(netlab_spawner PRIVATE "SHELL:-iquote ${CMAKE_SOURCE_DIR}/src")
    # The rooms' archives alone: the libraries that their other members use have none.
    foreach(floor node clock image sys base)
        add_dependencies(netlab_spawner netlab_${floor})
        target_link_libraries(netlab_spawner PRIVATE $<TARGET_FILE:netlab_${floor}>)
    endforeach()
    target_link_libraries(netlab_spawner PRIVATE ${NETLAB_FMT})
    target_link_options(netlab_spawner PRIVATE -static -Wl,--gc-sections -Wl,-z,norelro -Wl,-z,noseparate-code)
    set(file ${CMAKE_BINARY_DIR}/spawner/netlab-spawner)
    add_custom_command(OUTPUT ${file}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_BINARY_DIR}/spawner
        COMMAND ${CMAKE_STRIP} -o ${file} $<TARGET_FILE:netlab_spawner>
        DEPENDS netlab_spawner VERBATIM)
    add_custom_target(netlab_stripped_spawner DEPENDS ${file})
    add_dependencies(${room} netlab_stripped_spawner)
    set_source_files_properties(${CMAKE_SOURCE_DIR}/src/lab/spawner_program.cpp PROPERTIES
        OBJECT_DEPENDS ${file} SKIP_UNITY_BUILD_INCLUSION ON
        COMPILE_DEFINITIONS "NETLAB_SPAWNER=\"${file}\"")
endfunction()
