# How every file of duet is compiled: all usual warnings, each an error. Libraries' headers come from
# imported targets, which CMake treats as the system's: they are not warned about.

add_compile_options(
    -Wall -Wextra -Wpedantic -Werror
    -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wshadow -Wold-style-cast -Wcast-align -Wcast-qual
    -Wnon-virtual-dtor -Woverloaded-virtual -Wdeprecated-copy-dtor
    -Wformat=2 -Wimplicit-fallthrough -Wundef -Wunused
    -fno-omit-frame-pointer -fstack-protector-strong)

# g++ 12 sees these two where there is nothing to be seen (GCC bugs 105329 and 105562: a literal
# appended to a string, a variant in a list); clang and the sanitizers watch for the real ones.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
endif()

# The C library's own checks need an optimising build, and do not mix with the sanitizers' copies.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT DUET_SANITIZE)
    add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS _GNU_SOURCE)

if(DUET_SANITIZE)
    # Half of a test run would be clang optimising what is instrumented; a report needs lines alone.
    set(CMAKE_CXX_FLAGS_DEBUG "-O0 -gline-tables-only")
    if(DUET_SANITIZE STREQUAL "thread") # whose tests have more to do than its compiler
        set(CMAKE_CXX_FLAGS_DEBUG "-O1 -gline-tables-only")
    endif()
    add_compile_options(-fsanitize=${DUET_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${DUET_SANITIZE})
endif()

# What is a file's own stands beside another's then; the build that compiles each by itself warns.
if(CMAKE_UNITY_BUILD)
    add_compile_options(-Wno-shadow)
endif()

# A fuzzer finds its way by seeing which branches it has taken, so the rooms' libraries tell it too.
if(DUET_FUZZ)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
