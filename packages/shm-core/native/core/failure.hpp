/// Failures of the core: a Status for outcomes that a caller expects, exceptions for the others.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

namespace arena::core {

/// The expected outcomes of an operation on an arena.
enum class Status {
  ok,
  /// Nothing to read now.
  empty,
  /// No space now.
  full,
  /// Can never fit.
  too_large,
  /// Every writer has ended and everything is read.
  ended,
  /// As `ended`, but the number of writers is not known: see Reader::end_quiet_stream.
  quiet,
  /// The processes that could have served the call are dead.
  peer_lost,
  /// Every reader that ever came has left.
  no_readers,
  /// A writer passed this reader.
  lapped,
  timed_out,
  closed,
  /// Others ended the unit, because it was open for longer than the unit timeout.
  unit_ended,
};

/// An unexpected outcome, with the public error code it maps to.
class ArenaFailure : public std::runtime_error {
 public:
  ArenaFailure(const char* code, const std::string& message)
      : std::runtime_error(message), code_(code) {}
  const char* code() const noexcept { return code_; }

 private:
  const char* code_;
};

/// Shared memory holds bytes that no arena wrote. `offset` counts from the region's start.
class CorruptError : public ArenaFailure {
 public:
  CorruptError(const std::string& what, std::uint64_t offset)
      : ArenaFailure("ERR_ARENA_CORRUPT", "shared memory is corrupt: " + what + " at offset " +
                                              std::to_string(offset) +
                                              ". Close the arena and create another."),
        offset_(offset) {}
  std::uint64_t offset() const noexcept { return offset_; }

 private:
  std::uint64_t offset_;
};

}  // namespace arena::core
