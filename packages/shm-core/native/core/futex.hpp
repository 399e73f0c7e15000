/// The two futex operations behind all waiting. The futex is shared between processes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace arena::core {

/// Sleeps while `word == key`, at most `longest`. May return early.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t key,
                std::chrono::nanoseconds longest) noexcept;

/// Wakes up to `count` sleepers, and returns how many it has woken.
int futex_wake(std::atomic<std::uint32_t>& word, int count) noexcept;

}  // namespace arena::core
