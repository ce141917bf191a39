# How a test of duet is run, whatever it is.
#
#   duet_test(NAME command...)              named PREFIX.NAME, with a generous limit
#   duet_test_program(TARGET)               how a program is built that only tests
#   duet_program_test(NAME script files...) a Python script that plays with the programs of this build
#
# A sanitizer's report ends a program with 86, which no program of ours uses for anything else.

set(DUET_TEST_SECONDS_MAX 600)
set(DUET_SYMBOLIZER /usr/lib/llvm-19/bin/llvm-symbolizer)

# The system's own Python, whatever else may stand before it in PATH; ./do build does without it.
find_program(DUET_PYTHON python3 HINTS /usr/bin)

# Tests are most of what is compiled, and compiled as several files in one they take a third of the time.
# No header is shown to stand alone by them, and nothing of them is installed; optimising them well would
# take longer than they run.
function(duet_test_program target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
    target_compile_options(${target} PRIVATE -Wno-shadow)
    if(CMAKE_BUILD_TYPE STREQUAL "Release")
        target_compile_options(${target} PRIVATE -O1)
    endif()
endfunction()

function(duet_test name)
    add_test(NAME ${DUET_TEST_PREFIX}.${name} COMMAND ${ARGN}
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${DUET_TEST_PREFIX}.${name} PROPERTIES TIMEOUT ${DUET_TEST_SECONDS_MAX})
    if(DUET_SANITIZE)
        set(always exitcode=86:external_symbolizer_path=${DUET_SYMBOLIZER})
        set_tests_properties(${DUET_TEST_PREFIX}.${name} PROPERTIES ENVIRONMENT
            "ASAN_OPTIONS=${always}:detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1;\
UBSAN_OPTIONS=${always}:print_stacktrace=1;TSAN_OPTIONS=${always}:halt_on_error=1")
    endif()
endfunction()

# What takes long begins first, so that at the end nothing is waited for alone.
function(duet_takes_long name)
    set_tests_properties(${DUET_TEST_PREFIX}.${name} PROPERTIES COST 10)
endfunction()

function(duet_program_test name script)
    # A program that dies of a report may be expected to die by the test that plays with it: so the
    # reports are looked for, too.
    set(watch)
    if(DUET_SANITIZE)
        set(watch ${DUET_PYTHON} ${CMAKE_SOURCE_DIR}/tests/watch_reports.py)
    endif()
    duet_test(${name} ${watch}
        ${DUET_PYTHON} ${script} --bin ${CMAKE_RUNTIME_OUTPUT_DIRECTORY} ${ARGN})
endfunction()
