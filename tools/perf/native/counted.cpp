/// Loaded by LD_PRELOAD into a measured process: counts the bytes that memcpy and memmove copy, and
/// the calls that take memory. A copy of less than kLeast bytes does not count: those are not
/// payloads. Nor does a copy that arena makes with its own instructions, 4 MiB and more.
#include <dlfcn.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstdlib>

#include "page.hpp"

namespace {

constexpr std::size_t kLeast = 1024;

Page nowhere;
Page* page = &nowhere;

using Move = void* (*)(void*, const void*, std::size_t);

/// Used until the real one is found, and while it is looked for.
void* move_bytes(void* target, const void* source, std::size_t length) {
  auto* to = static_cast<volatile unsigned char*>(target);
  const auto* from = static_cast<const volatile unsigned char*>(source);
  if (to < from) {
    for (std::size_t at = 0; at < length; ++at) to[at] = from[at];
  } else {
    for (std::size_t at = length; at > 0; --at) to[at - 1] = from[at - 1];
  }
  return target;
}

Move real_move = move_bytes;

void* counted_move(void* target, const void* source, std::size_t length) {
  if (length >= kLeast) add(page->copied_bytes, length);
  return real_move(target, source, length);
}

__attribute__((constructor)) void begin() {
  if (void* found = dlsym(RTLD_NEXT, "memmove")) real_move = reinterpret_cast<Move>(found);
  const char* fd = std::getenv("ARENA_PERF_PAGE");
  if (fd == nullptr) return;
  void* mapped = mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED, std::atoi(fd), 0);
  if (mapped == MAP_FAILED) return;
  page = static_cast<Page*>(mapped);
  page->preloaded = 1;
}

}  // namespace

extern "C" {

// glibc's own names of its allocator.
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);

void* memcpy(void* target, const void* source, std::size_t length) {
  return counted_move(target, source, length);
}

void* memmove(void* target, const void* source, std::size_t length) {
  return counted_move(target, source, length);
}

void* malloc(std::size_t size) {
  add(page->allocations, 1);
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  add(page->allocations, 1);
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) {
  add(page->allocations, 1);
  return __libc_realloc(memory, size);
}
}
