#include "cli/arguments.h"
#include "cli/show_errors.h"
#include "sys/process.h"

// Every command but `exec`, which launcher.cpp has run already.
int main(int argc, char** argv) {
    netlab::open_missing_stdio();
    netlab::remember_arguments(argc, argv);
    return netlab::show_errors(netlab::run_arguments, argc, argv);
}
