# The files behind `netlab exec`. A file that they call and that is not here is an undefined reference.
set(NETLAB_LAUNCHED
    base/address base/diagnostic base/duration base/hostlist base/impairment base/impairment_values base/nearest_word base/node_clock
    base/quantity base/quote base/source base/source_line base/split base/utf8
    sys/cgroup sys/check sys/directory sys/end_child sys/mounts sys/pass_descriptor sys/process sys/text_file
    topology/topology plan/plan_json plan/route_table image/layers image/make_once image/views
    node/join node/join_environment node/join_inside node/join_terminal node/join_user node/whereabouts
    lab/state_directory control/client control/clock_json control/fault_json control/frame control/link_json control/own_command control/pause control/request control/selection
    cli/exec cli/exec_arguments cli/find_lab cli/json_output cli/output cli/run_many cli/run_many_lines
    cli/show_errors cli/terminal)

# A program without shared libraries, where there are archives of libc and libstdc++ and no sanitizer wants to load something first.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LINK_OPTIONS -static)
check_cxx_source_compiles("#include <string>\nint main() { return std::string{\"netlab\"}.size() == 1; }" NETLAB_STATIC)
unset(CMAKE_REQUIRED_LINK_OPTIONS)
if(NETLAB_STATIC AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
    set(NETLAB_LAUNCHER_LINK -static)
    # With musl it starts in an eighth of the time: see docs/decisions/launcher.md.
    option(NETLAB_MUSL "link the launcher with musl, where that works" ON)
    find_file(NETLAB_MUSL_SPECS musl-gcc.specs PATHS /usr/lib/${CMAKE_SYSTEM_PROCESSOR}-linux-musl NO_DEFAULT_PATH)
    if(NETLAB_MUSL AND NETLAB_MUSL_SPECS AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        set(musl_link -static "-specs=${NETLAB_MUSL_SPECS}" -Wl,--eh-frame-hdr -Wl,--wrap=__newlocale)
        foreach(name strtol strtoll strtoul strtoull) # as glibc 2.38 calls them in C++
            list(APPEND musl_link -Wl,--defsym=__isoc23_${name}=${name})
        endforeach()
        if(NOT DEFINED NETLAB_MUSL_RUNS)
            set(CMAKE_TRY_COMPILE_CONFIGURATION ${CMAKE_BUILD_TYPE})
            message(CHECK_START "Looking whether libstdc++ runs on musl")
            try_run(NETLAB_MUSL_RUNS NETLAB_MUSL_LINKS SOURCES ${CMAKE_CURRENT_LIST_DIR}/try_musl.cpp
                COMPILE_DEFINITIONS -U_FORTIFY_SOURCE LINK_OPTIONS ${musl_link} CXX_STANDARD 20 CXX_STANDARD_REQUIRED ON)
            unset(CMAKE_TRY_COMPILE_CONFIGURATION)
            message(CHECK_PASS "${NETLAB_MUSL_LINKS}, exit code ${NETLAB_MUSL_RUNS}")
        endif()
        if(NETLAB_MUSL_LINKS AND NETLAB_MUSL_RUNS EQUAL 0)
            set(NETLAB_LAUNCHER_LINK ${musl_link})
            set(NETLAB_LAUNCHER_LIBC launcher_on_musl.cpp)
            set(NETLAB_LAUNCHER_COMPILE -U_FORTIFY_SOURCE) # its functions are glibc's alone
        endif()
    endif()
else()
    set(NETLAB_LAUNCHER_LINK -static-libstdc++ -static-libgcc)
endif()
