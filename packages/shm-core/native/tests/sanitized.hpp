/// Whether this build has a sanitizer, which needs address space and time of its own.
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

// UBSan needs a pipe to check an object's type. Without a free descriptor it takes every exception
// for one without a type.
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
