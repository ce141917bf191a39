# A room is one folder, one static library, one test program and its fuzz targets.
#
#   duet_room(NAME ROOMS other rooms that it may include
#                  LIBRARIES what its headers need   PRIVATE_LIBRARIES what only its .cpp files need
#                  TEST_LIBRARIES what only its tests and fuzz targets need
#                  THREADS if it has threads: its tests also run under the thread sanitizer
#                  BUSY if the tests, of whatever room, spend their time there: it is optimised in each build)
#
# Beside noun.cpp stand noun_test.cpp (all go into one program, NAME_test) and noun_fuzz.cpp (one
# program each). main.cpp, if there is one, belongs to a program and not to the room's library.
#
# The sanitized builds compile several files of a room as one (CMAKE_UNITY_BUILD), and every build those of a
# test, in a third of the time. So no two files of a room should give the same name to different things, not
# even in an unnamed namespace; those that must are compiled by themselves:
set(DUET_COMPILED_ALONE
    client/machine.cpp
    console/line_editor_test.cpp
    core/device_side.cpp
    doors/json_requests.cpp
    doors/json_requests_test.cpp
    pairing/pairing_test.cpp
    pairing/phrase_test.cpp
    server/admin_call.cpp
    server/backup_call.cpp
    server/backup_format.cpp
    server/check.cpp
    server/data_directory.cpp
    server/serve.cpp
    store/journal_damage_test.cpp
    store/journal_store_test.cpp
    store/journal_test.cpp
    store/memory_store_test.cpp
    store/record_codec_test.cpp
    store/sqlite_index_test.cpp
    store/tables_test.cpp)
list(TRANSFORM DUET_COMPILED_ALONE PREPEND ${CMAKE_SOURCE_DIR}/)
set_source_files_properties(${DUET_COMPILED_ALONE} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)

# Not optimised, and watched by the sanitizers, a room takes forty times as long as it should; optimised a
# little, six times, for twice the compiler's time. Of a test's own files the compiler would take longer than
# is gained: those of the store's, five times as long.
function(duet_busy target is_busy)
    if(DUET_SANITIZE AND is_busy)
        target_compile_options(${target} PRIVATE -O1)
    endif()
endfunction()

function(duet_room name)
    cmake_parse_arguments(ROOM
        "THREADS;BUSY" "" "ROOMS;LIBRARIES;PRIVATE_LIBRARIES;TEST_LIBRARIES" ${ARGN})

    file(GLOB sources CONFIGURE_DEPENDS ${name}/*.cpp)
    file(GLOB tests CONFIGURE_DEPENDS ${name}/*_test.cpp)
    file(GLOB fuzzers CONFIGURE_DEPENDS ${name}/*_fuzz.cpp)
    list(REMOVE_ITEM sources ${tests} ${fuzzers} ${CMAKE_SOURCE_DIR}/${name}/main.cpp)

    # Built when a program or a test needs it.
    add_library(duet_${name} STATIC EXCLUDE_FROM_ALL ${sources})
    target_include_directories(duet_${name} PUBLIC $<BUILD_INTERFACE:${CMAKE_SOURCE_DIR}>)
    duet_busy(duet_${name} "${ROOM_BUSY}")
    list(TRANSFORM ROOM_ROOMS PREPEND duet_)
    target_link_libraries(duet_${name}
        PUBLIC ${ROOM_ROOMS} ${ROOM_LIBRARIES} PRIVATE ${ROOM_PRIVATE_LIBRARIES})

    if(DUET_SANITIZE STREQUAL "thread" AND NOT ROOM_THREADS)
        return()
    endif()

    if(tests)
        add_executable(${name}_test ${tests} ${CMAKE_SOURCE_DIR}/tests/unit_main.cpp)
        target_link_libraries(${name}_test PRIVATE
            duet_${name} ${ROOM_TEST_LIBRARIES} doctest::doctest)
        duet_test_program(${name}_test)
        set_target_properties(${name}_test PROPERTIES
            RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
        set(leave_out)
        # Nothing but threads can go wrong here that does not in the other builds, and these have none.
        if(DUET_SANITIZE STREQUAL "thread" AND name STREQUAL "store")
            set(leave_out "--test-case-exclude=a store<*,a process may die*,every operation may fail*,\
whenever the power goes*,a million records*")
        endif()
        duet_test(unit.${name} ${name}_test ${leave_out})
    endif()

    if(DUET_FUZZ)
        foreach(source ${fuzzers})
            get_filename_component(target ${source} NAME_WE)
            add_executable(${target} ${source})
            target_link_options(${target} PRIVATE -fsanitize=fuzzer)
            target_link_libraries(${target} PRIVATE duet_${name} ${ROOM_TEST_LIBRARIES})
            set_target_properties(${target} PROPERTIES
                RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
            add_dependencies(fuzz_targets ${target})
            # The same seed and count each time: a test gives the same answer twice.
            duet_test(fuzz.${target} ${target} -runs=10000 -seed=8000 -max_len=4096 -verbosity=0
                -artifact_prefix=${CMAKE_BINARY_DIR}/fuzz/)
        endforeach()
    endif()
endfunction()
