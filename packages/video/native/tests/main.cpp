#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

/// ThreadSanitizer sees the threads of libav, but not the atomics by which they agree: libav is not
/// built with it. Races that have none of libav's frames in them are still reported.
extern "C" const char* __tsan_default_suppressions() {
  return "race:libavcodec.so\nrace:libavutil.so\nrace:libavformat.so\nrace:libswscale.so\n"
         "race:libx264.so\n";
}
