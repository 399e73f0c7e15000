# Lets a binary run on every glibc from 2.28 on, and on every processor of its architecture.
#
# The C++ library is linked into the binary: a library that is older than the compiler lacks symbols. libgcc
# stays outside, because its part for exceptions needs a new glibc, and its old symbols suffice. No symbol of
# an addon is visible, except those that Node.js looks up. A program has the C library inside as well.

option(ARENA_PORTABLE "Build for older systems than this one" OFF)
set(ARENA_PORTABLE_DIR "${CMAKE_CURRENT_LIST_DIR}")

function(arena_make_portable target)
  if(NOT ARENA_PORTABLE)
    return()
  endif()
  get_target_property(type ${target} TYPE)
  if(type STREQUAL EXECUTABLE)
    # A program begins in the C library, whose entry is new as well.
    target_link_options(${target} PRIVATE -static -Wl,--gc-sections -s)
    return()
  endif()
  target_sources(${target} PRIVATE "${ARENA_PORTABLE_DIR}/older_glibc.cpp")
  set_source_files_properties("${ARENA_PORTABLE_DIR}/older_glibc.cpp" PROPERTIES
    COMPILE_OPTIONS -ffunction-sections)
  target_link_options(${target} PRIVATE -static-libstdc++ -s -Wl,--gc-sections -Wl,--as-needed
    "-Wl,--version-script=${ARENA_PORTABLE_DIR}/exports.map")
endfunction()
