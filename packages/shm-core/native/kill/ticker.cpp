#include "ticker.hpp"

#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstring>

namespace arena::tests {
namespace {

constexpr suseconds_t kTickMicroseconds = 10'000;
constexpr int kHangTicks = 60 * 100;

char trying[200] = "nothing\n";
std::atomic<int> ticks{0};

void on_tick(int) {
  if (ticks.fetch_add(1) < kHangTicks) return;
  constexpr char kWord[] = "hangs: ";
  (void)!::write(STDOUT_FILENO, kWord, sizeof kWord - 1);
  (void)!::write(STDOUT_FILENO, trying, std::strlen(trying));
  ::_exit(1);
}

}  // namespace

void start_ticking() {
  struct sigaction action {};
  action.sa_handler = on_tick;
  ::sigaction(SIGALRM, &action, nullptr);
  const struct itimerval every {
    {0, kTickMicroseconds}, { 0, kTickMicroseconds }
  };
  ::setitimer(ITIMER_REAL, &every, nullptr);
}

void begin_trying(const std::string& what) {
  note_progress();
  std::strncpy(trying, (what + "\n").c_str(), sizeof trying - 1);
}

void note_progress() { ticks = 0; }

}  // namespace arena::tests
