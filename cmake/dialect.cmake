# How every file of duet is compiled: all usual warnings, each an error.

add_compile_options(
    -Wall -Wextra -Wpedantic -Werror
    -Wconversion -Wsign-conversion -Wdouble-promotion
    -Wshadow -Wold-style-cast -Wcast-align -Wcast-qual
    -Wnon-virtual-dtor -Woverloaded-virtual
    -Wformat=2 -Wimplicit-fallthrough -Wundef -Wunused
    -fno-omit-frame-pointer -fstack-protector-strong)

# The C library's own checks need an optimising build, and do not mix with the sanitizers' copies.
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT DUET_SANITIZE)
    add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
add_compile_definitions(_GLIBCXX_ASSERTIONS _GNU_SOURCE)

if(DUET_SANITIZE)
    add_compile_options(-fsanitize=${DUET_SANITIZE} -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${DUET_SANITIZE})
endif()
