# What somebody else's program needs to use the client library:
#
#   find_package(duet REQUIRED)
#   target_link_libraries(bot PRIVATE duet::client)      and in the source: #include <duet/duet.hpp>
#
# The library is one header and the archives of the rooms behind it. docs/examples/client.cpp is such a
# program; tests/package.py builds it against what is installed here, and runs it.

include(CMakePackageConfigHelpers)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/duet)
set(archives)
foreach(room base pairing net core store doors client)
    # Installed, so built without being asked for.
    set_target_properties(duet_${room} PROPERTIES EXCLUDE_FROM_ALL OFF EXPORT_NAME ${room})
    list(APPEND archives duet_${room})
endforeach()
add_dependencies(programs duet_client)
target_compile_features(duet_client INTERFACE cxx_std_23)
target_include_directories(duet_client INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

install(TARGETS ${archives} EXPORT duet
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT client)
install(FILES client/duet.hpp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/duet COMPONENT client)
install(EXPORT duet NAMESPACE duet:: FILE duetTargets.cmake
    DESTINATION ${package} COMPONENT client)

configure_package_config_file(cmake/duetConfig.cmake.in duetConfig.cmake
    INSTALL_DESTINATION ${package})
write_basic_package_version_file(duetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/duetConfig.cmake ${CMAKE_BINARY_DIR}/duetConfigVersion.cmake
    DESTINATION ${package} COMPONENT client)
