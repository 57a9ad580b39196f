#include "cli/app.h"
#include "sys/process.h"

int main(int argc, char** argv) {
    netlab::open_missing_stdio();
    netlab::remember_arguments(argc, argv);
    return netlab::run_app(argc, argv);
}
