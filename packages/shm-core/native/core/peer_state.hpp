/// The packed words. One compare-and-swap claims, publishes or recovers each of them.
///
/// Each picture shows the highest bit first, with the highest and the lowest bit of each field. A
/// test compares the pictures with the code and with LAYOUT.md.
#pragma once

#include <cstdint>

namespace arena::core {

/// Phases of PeerState: free -> joining -> live -> leaving -> free. Any phase but free may become
/// dead, and dead becomes free.
enum class PeerPhase : std::uint64_t { free, joining, live, leaving, dead };

/// PeerSlot::state.
///
///  63                    40 39           25 24                   3 2     0
/// | generation             | start_low     | pid                  | phase |
struct PeerState {
  PeerPhase phase = PeerPhase::free;
  /// Linux's pid_max is at most 2^22.
  std::uint32_t pid = 0;
  /// Low bits of the start time. They tell a reused pid apart while the slot's other fields still
  /// hold the last tenant's values.
  std::uint32_t start_low = 0;
  std::uint32_t generation = 0;

  static constexpr int kPhaseBits = 3, kPidBits = 22, kStartBits = 15, kGenerationBits = 24;
  static constexpr std::uint64_t mask(int bits) { return (std::uint64_t{1} << bits) - 1; }
  static constexpr std::uint32_t low(std::uint64_t start_time) {
    return static_cast<std::uint32_t>(start_time & mask(kStartBits));
  }

  constexpr std::uint64_t pack() const {
    return static_cast<std::uint64_t>(phase) | (pid & mask(kPidBits)) << kPhaseBits |
           (start_low & mask(kStartBits)) << (kPhaseBits + kPidBits) |
           (generation & mask(kGenerationBits)) << (kPhaseBits + kPidBits + kStartBits);
  }
  static constexpr PeerState unpack(std::uint64_t word) {
    return {static_cast<PeerPhase>(word & mask(kPhaseBits)),
            static_cast<std::uint32_t>(word >> kPhaseBits & mask(kPidBits)),
            static_cast<std::uint32_t>(word >> (kPhaseBits + kPidBits) & mask(kStartBits)),
            static_cast<std::uint32_t>(word >> (kPhaseBits + kPidBits + kStartBits))};
  }
  constexpr PeerState with(PeerPhase next) const { return {next, pid, start_low, generation}; }
};

/// A closed writer is no member any more, and has a place for as long as it keeps a unit open.
enum class Role : std::uint32_t { none, writer, reader, closed_writer };

/// Control::members. The word holds the generation: so striking a dead member cannot strike its
/// successor.
///
///  31  26 25                     2 1    0
/// | 0    | generation             | role |
struct Member {
  Role role = Role::none;
  std::uint32_t generation = 0;

  constexpr std::uint32_t pack() const {
    return static_cast<std::uint32_t>(role) | (generation & 0xffffff) << 2;
  }
  static constexpr Member unpack(std::uint32_t word) {
    return {static_cast<Role>(word & 3), word >> 2};
  }
};

/// Control::stream. Writers may come until the stream has ended or its end was declared.
///
///  63                           33 32                            2 1          0
/// | refused                       | came                          | declared | ended |
struct StreamWord {
  bool ended = false;
  /// No further writer may join. The stream ends once the present writers have left.
  bool declared = false;
  /// Writers admitted so far.
  std::uint32_t came = 0;
  /// Writers that came too late.
  std::uint32_t refused = 0;

  static constexpr std::uint32_t kCountMask = 0x7fff'ffff;
  constexpr bool admits() const { return !ended && !declared; }
  constexpr std::uint64_t pack() const {
    return std::uint64_t{ended} | std::uint64_t{declared} << 1 |
           std::uint64_t{came & kCountMask} << 2 | std::uint64_t{refused & kCountMask} << 33;
  }
  static constexpr StreamWord unpack(std::uint64_t word) {
    return {(word & 1) != 0, (word & 2) != 0, static_cast<std::uint32_t>(word >> 2) & kCountMask,
            static_cast<std::uint32_t>(word >> 33) & kCountMask};
  }
};

/// Control::arrivals: a thread of a process that has joined. 0 for none.
///
///  63                            32 31                             0
/// | thread                         | pid                            |
struct ArrivalWord {
  std::uint32_t pid = 0;
  /// The number that the process gives to this thread; 0 for the main thread.
  std::uint32_t thread = 0;

  constexpr std::uint64_t pack() const { return std::uint64_t{thread} << 32 | pid; }
  static constexpr ArrivalWord unpack(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word), static_cast<std::uint32_t>(word >> 32)};
  }
};

/// PeerSlot::lost and Loss::peer: the slot and generation that died, and their role and pid. 0 for
/// none.
///
///  63    56 55                    32 31  26 25  24 23  22 21                   0
/// | slot   | generation             | turn | role | 0    | pid                  |
struct LossWord {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  /// In an entry: how often the entry has been used, modulo kTurns. In a slot: kUntold or kTold.
  std::uint32_t turn = kUntold;
  Role role = Role::none;
  std::uint32_t pid = 0;

  static constexpr std::uint32_t kUntold = 0, kTold = 1, kTurns = 64;

  constexpr std::uint64_t pack() const {
    return std::uint64_t{slot & 0xff} << 56 | std::uint64_t{generation & 0xffffff} << 32 |
           std::uint64_t{turn & 0x3f} << 26 | static_cast<std::uint64_t>(role) << 24 |
           (pid & 0x3fffff);
  }
  static constexpr LossWord unpack(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word >> 56),
            static_cast<std::uint32_t>(word >> 32 & 0xffffff),
            static_cast<std::uint32_t>(word >> 26 & 0x3f), static_cast<Role>(word >> 24 & 3),
            static_cast<std::uint32_t>(word & 0x3fffff)};
  }
  constexpr LossWord with(std::uint32_t other) const {
    return {slot, generation, other, role, pid};
  }
};

/// Loss::reclaimed: how many units and leases were taken back from the lost peer. Larger numbers
/// become kMost.
///
///  63            48 47                    24 23                     0
/// | turn           | leases                 | units                  |
struct ReclaimedWord {
  std::uint32_t units = 0;
  std::uint32_t leases = 0;
  /// How often the entry has been used, modulo kTurns.
  std::uint32_t turn = 0;

  static constexpr std::uint32_t kMost = 0xffffff, kTurns = 1 << 16;

  constexpr std::uint64_t pack() const {
    return std::uint64_t{turn & 0xffff} << 48 | std::uint64_t{leases & kMost} << 24 |
           (units & kMost);
  }
  static constexpr ReclaimedWord unpack(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word & kMost),
            static_cast<std::uint32_t>(word >> 24 & kMost), static_cast<std::uint32_t>(word >> 48)};
  }
};

/// Phases of RecordWord: claimed -> committed -> skipped, or claimed -> skipped. The next turn
/// begins with claimed again. With a unit timeout also claimed -> held -> claimed. While a record
/// is held, its writer fills the unit in private memory and touches no byte of the record. So other
/// peers may skip a held record.
enum class RecordPhase : std::uint64_t { claimed, committed, skipped, held };

/// Cell::word.
///
///  63                            32 31                  10 9      2 1     0
/// | turn                           | span                 | owner  | phase |
struct RecordWord {
  RecordPhase phase = RecordPhase::skipped;
  /// The writer's peer index.
  std::uint32_t owner = 0;
  /// Granules in the record area.
  std::uint32_t span = 0;
  /// sequence / cell_count + 1; 0 in a cell that was never used.
  std::uint32_t turn = 0;

  constexpr std::uint64_t pack() const {
    return static_cast<std::uint64_t>(phase) | std::uint64_t{owner & 0xff} << 2 |
           std::uint64_t{span & 0x3fffff} << 10 | std::uint64_t{turn} << 32;
  }
  static constexpr RecordWord unpack(std::uint64_t word) {
    return {static_cast<RecordPhase>(word & 3), static_cast<std::uint32_t>(word >> 2 & 0xff),
            static_cast<std::uint32_t>(word >> 10 & 0x3fffff),
            static_cast<std::uint32_t>(word >> 32)};
  }
  constexpr RecordWord with(RecordPhase next) const { return {next, owner, span, turn}; }
  /// Neither committed nor skipped: the writer has not ended the record, and no reader passes it.
  constexpr bool open() const {
    return phase == RecordPhase::claimed || phase == RecordPhase::held;
  }
};

/// Cell::opened: when the unit was opened. A word of another turn has no meaning, because units
/// that one call writes are not stamped.
///
///  63                    40 39                                     0
/// | turn                   | time_ms                                |
struct OpenedWord {
  static constexpr int kTimeBits = 40;
  /// Milliseconds of the monotonic clock, which is the same for all processes of a machine.
  std::uint64_t time_ms = 0;
  /// The record's turn, modulo 2^24.
  std::uint32_t turn = 0;

  constexpr std::uint64_t pack() const {
    return (time_ms & ((std::uint64_t{1} << kTimeBits) - 1)) | std::uint64_t{turn} << kTimeBits;
  }
  static constexpr OpenedWord unpack(std::uint64_t word) {
    return {word & ((std::uint64_t{1} << kTimeBits) - 1),
            static_cast<std::uint32_t>(word >> kTimeBits)};
  }
  constexpr bool is_of(std::uint32_t record_turn) const { return turn == (record_turn & 0xffffff); }
};

/// The place of a unit: its bytes in a segment, or the whole unit in the queue. PeerSlot::waits_for
/// is the placement that a writer waits for: 0 for none, 1 for a segment, and a record's span
/// plus 2.
struct Placement {
  bool in_segment = false;
  /// Span of the record in the queue, in granules.
  std::uint64_t span = 0;

  constexpr std::uint64_t pack() const { return in_segment ? 1 : span + 2; }
  static constexpr Placement unpack(std::uint64_t word) {
    return word == 1 ? Placement{true, 0} : Placement{false, word - 2};
  }
};

/// Cell::taker: the reader that has taken the record. `attempt` grows each time that a dead
/// reader's taking is undone. So a value of the word never returns.
///
///  63                            32 31            16 15             0
/// | turn                           | attempt        | reader         |
struct TakerWord {
  static constexpr std::uint32_t kNobody = 0xff'ff;
  std::uint32_t reader = kNobody;
  std::uint32_t attempt = 0;
  std::uint32_t turn = 0;

  constexpr std::uint64_t pack() const {
    return std::uint64_t{reader & 0xffff} | std::uint64_t{attempt & 0xffff} << 16 |
           std::uint64_t{turn} << 32;
  }
  static constexpr TakerWord unpack(std::uint64_t word) {
    return {static_cast<std::uint32_t>(word & 0xffff),
            static_cast<std::uint32_t>(word >> 16 & 0xffff),
            static_cast<std::uint32_t>(word >> 32)};
  }
};

/// True when the segment was queued with generation `queued`, and has been taken and given back
/// `attempt` times since. Attempts count modulo 2^16.
constexpr bool is_attempt(std::uint64_t generation, std::uint64_t queued, std::uint32_t attempt) {
  return generation >= queued && ((generation - queued) & 0xffff) == attempt;
}

/// Phases of SegmentWord: free -> open -> leased -> free. A segment stays open while its record
/// waits in the queue. Fan-out: open -> shared -> open, once all readers have passed the record.
enum class SegmentPhase : std::uint64_t { free, open, leased, shared };

/// SegmentSlot::word.
///
///  63                                          18 17             2 1     0
/// | generation                                   | owner          | phase |
struct SegmentWord {
  SegmentPhase phase = SegmentPhase::free;
  std::uint32_t owner = 0;
  /// Grows with every acquisition and with every undone taking.
  std::uint64_t generation = 0;

  static constexpr std::uint32_t kNoOwner = 0xffff;
  constexpr std::uint64_t pack() const {
    return static_cast<std::uint64_t>(phase) | std::uint64_t{owner & 0xffff} << 2 |
           generation << 18;
  }
  static constexpr SegmentWord unpack(std::uint64_t word) {
    return {static_cast<SegmentPhase>(word & 3), static_cast<std::uint32_t>(word >> 2 & 0xffff),
            word >> 18};
  }
};

}  // namespace arena::core
