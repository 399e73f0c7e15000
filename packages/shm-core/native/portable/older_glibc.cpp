/// Functions that glibc 2.28 lacks, or has under an older version of their symbol.
///
/// A compiler links the newest version of each symbol. These definitions come first, so the binary
/// needs only symbols of 2.28. They are hidden, so no other code of the process sees them.
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARENA_FIRST_GLIBC "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define ARENA_FIRST_GLIBC "GLIBC_2.17"
#else
#error "which glibc was the first for this processor?"
#endif

/// Defines a function of libpthread by its oldest symbol. glibc 2.34 moved the functions into libc
/// under new symbols. Node.js has loaded libpthread where there still is one.
#define ARENA_OLDEST(result, name, parameters, arguments)                  \
  __asm__(".symver arena_oldest_" #name ", " #name "@" ARENA_FIRST_GLIBC); \
  result arena_oldest_##name parameters;                                   \
  ARENA_HIDDEN result name parameters { return arena_oldest_##name arguments; }

#define ARENA_HIDDEN __attribute__((visibility("hidden")))

extern "C" {

ARENA_OLDEST(int, pthread_once, (pthread_once_t * once, void (*call)()), (once, call))
ARENA_OLDEST(int, pthread_create,
             (pthread_t * thread, const pthread_attr_t* attributes, void* (*run)(void*),
              void* argument),
             (thread, attributes, run, argument))
ARENA_OLDEST(int, pthread_join, (pthread_t thread, void** result), (thread, result))
ARENA_OLDEST(int, pthread_detach, (pthread_t thread), (thread))
ARENA_OLDEST(int, sem_init, (sem_t * semaphore, int shared, unsigned value),
             (semaphore, shared, value))
ARENA_OLDEST(int, sem_post, (sem_t * semaphore), (semaphore))
ARENA_OLDEST(int, sem_wait, (sem_t * semaphore), (semaphore))
ARENA_OLDEST(int, sem_trywait, (sem_t * semaphore), (semaphore))
ARENA_OLDEST(int, sem_timedwait, (sem_t * semaphore, const timespec* deadline),
             (semaphore, deadline))

// glibc 2.32. Where it is true, the C++ library counts references without atomic instructions.
ARENA_HIDDEN char __libc_single_threaded = 0;

// glibc 2.33. Before, these were inline functions. On 64-bit systems the kernel fills glibc's own
// structure.
ARENA_HIDDEN int fstat(int file, struct stat* result) noexcept {
  return static_cast<int>(::syscall(SYS_fstat, file, result));
}

ARENA_HIDDEN int stat(const char* path, struct stat* result) noexcept {
  return static_cast<int>(::syscall(SYS_newfstatat, AT_FDCWD, path, result, 0));
}

ARENA_HIDDEN int lstat(const char* path, struct stat* result) noexcept {
  return static_cast<int>(::syscall(SYS_newfstatat, AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW));
}

}  // extern "C"
