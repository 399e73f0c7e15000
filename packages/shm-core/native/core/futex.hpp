/// The two futex operations that waiting is built on, shared between processes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace arena::core {

/// Sleeps while `word == key`, at most `longest`. May return early for no reason.
void futex_wait(std::atomic<std::uint32_t>& word, std::uint32_t key,
                std::chrono::nanoseconds longest) noexcept;

/// Wakes up to `count` sleepers; returns how many there were.
int futex_wake(std::atomic<std::uint32_t>& word, int count) noexcept;

}  // namespace arena::core
