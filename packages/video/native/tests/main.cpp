#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

/// libav is not built with ThreadSanitizer, so the sanitizer sees libav's threads and not their
/// atomics. Suppress races with frames of libav. All other races are reported.
extern "C" const char* __tsan_default_suppressions() {
  return "race:libavcodec.so\nrace:libavutil.so\nrace:libavformat.so\nrace:libswscale.so\n"
         "race:libx264.so\n";
}
