# How scripts/demo and scripts/test configure a build, so that the second takes over what the first has built; sourced by both.
# shellcheck shell=bash

# take_build_options: sets `build_options`, for a working directory that is the source tree. Line numbers are the only debug
# information, six files are compiled as one, and their common headers once: half of the time. Asked for each build, since the
# set-up may just have installed ccache.
take_build_options() {
    build_options=(
        -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O2 -g1 -DNDEBUG" -DCMAKE_CXX_FLAGS_DEBUG="-O1 -g1"
        -DNETLAB_PCH=ON -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=6
    )
    if command -v ccache >/dev/null; then
        # A copy of the tree elsewhere gets hits from the original's builds.
        export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros
        build_options+=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
}
