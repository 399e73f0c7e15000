/// Whether a sanitizer watches this build: it takes address space and time of its own.
#pragma once

namespace arena::tests {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ARENA_SANITIZED 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ARENA_SANITIZED 1
#endif

#if defined(ARENA_SANITIZED)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// UBSan asks the kernel through a pipe whether an object's type can be read: without a descriptor
// left it takes every exception for one of no type.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define ARENA_NEEDS_DESCRIPTORS 1
#endif
#endif

#if defined(ARENA_NEEDS_DESCRIPTORS)
inline constexpr bool kNeedsDescriptors = true;
#else
inline constexpr bool kNeedsDescriptors = false;
#endif

}  // namespace arena::tests
