#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

#include "futex.hpp"

namespace arena::core {

void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t key,
                std::chrono::nanoseconds longest) noexcept {
  struct timespec timeout {};
  timeout.tv_sec = longest.count() / 1'000'000'000;
  timeout.tv_nsec = longest.count() % 1'000'000'000;
  ::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAIT, key, &timeout, nullptr,
            0);
}

int futex_wake(std::atomic<std::uint32_t>& word, int count) noexcept {
  return static_cast<int>(::syscall(SYS_futex, reinterpret_cast<std::uint32_t*>(&word), FUTEX_WAKE,
                                    count, nullptr, nullptr, 0));
}

}  // namespace arena::core
