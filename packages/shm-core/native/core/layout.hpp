/// The bytes of a region, as every process sees them. Drawn in LAYOUT.md; offsets asserted by a
/// test.
///
/// Nothing here holds a pointer, a lock or a native condition variable: a process may die at any
/// instruction and the bytes stay meaningful. Everything a peer could have written is copied into
/// private memory and checked there before it is used.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace arena::core {

inline constexpr std::uint64_t kMagic = 0x3152'414e'4552'4101;
inline constexpr std::uint32_t kLayoutVersion = 2;
inline constexpr std::size_t kCacheLine = 64;
inline constexpr std::size_t kPageSize = 4096;
/// Every payload starts on this boundary.
inline constexpr std::size_t kPayloadAlignment = 64;

inline constexpr std::uint32_t kMaxPeers = 256;
inline constexpr std::uint32_t kMaxSegments = 1 << 16;
inline constexpr std::uint32_t kPeerWords = kMaxPeers / 64;

enum class Kind : std::uint32_t { pool = 1, ring = 2 };
enum class WhenFull : std::uint32_t { fail = 0, wait = 1, overwrite = 2 };

/// Chosen by the creator; immutable afterwards.
struct RegionConfig {
  Kind kind;
  WhenFull when_full;
  /// Bytes of the record area; a multiple of the page and of the granule.
  std::uint64_t capacity;
  /// log2 of the granule, in which records are measured; at least 6.
  std::uint32_t granule_shift;
  /// Records that can be in flight at once.
  std::uint32_t cell_count;
  std::uint32_t peer_count;
  std::uint32_t segment_count;
  std::uint64_t segment_size;
  /// Room for a unit's envelope behind each segment.
  std::uint32_t envelope_bytes;
  /// Pool only: 1 when every reader sees every unit (fan-out).
  std::uint32_t broadcast;
  /// Longest that a living writer may keep a record open, in milliseconds, before others may end
  /// it; 0 for ever.
  std::uint32_t unit_timeout_ms;
  /// How many writers will open; the stream ends once that many have come and all have gone. 0 when
  /// the creator does not know.
  std::uint32_t writers;
  /// Ring of slots: the largest unit in bytes. 0 where the capacity is the only limit.
  std::uint64_t slot_bytes;
};

/// Who made the region. Told apart from a later process with the same pid by the start time.
struct Creator {
  std::uint32_t pid;
  std::uint32_t uid;
  std::uint64_t start_time;
  std::uint64_t pid_namespace;
  std::uint64_t nonce;
  std::uint8_t boot_id[16];
};

struct RegionHeader {
  /// Published last, with release; attaching loads it with acquire.
  std::atomic<std::uint64_t> magic;
  std::uint32_t layout_version;
  std::uint32_t abi_hash;
  std::uint64_t total_size;
  /// At the same place in every version that has more to configure.
  Creator creator;
  RegionConfig config;
};

/// An interprocess condition: a futex word and the async waiters. See InterprocessCondition.
struct alignas(kCacheLine) ConditionState {
  /// sequence << 1 | somebody-is-parked.
  std::atomic<std::uint32_t> event;
  std::uint32_t reserved;
  /// One bit a peer whose doorbell wants ringing.
  std::atomic<std::uint64_t> armed[kPeerWords];
};

/// Bits of Control::history: what has ever been. Only ever set.
enum History : std::uint32_t {
  kWriterClosed = 1,
  kWriterLost = 2,
  kReaderSeen = 4,
  kReaderLost = 8,
};

/// Writers and readers that came last, as ArrivalWord: whoever is among them is not on the way any
/// more.
inline constexpr std::uint32_t kKeptArrivals = 256;

struct alignas(kPageSize) Control {
  /// Sequence number of the next record: a hint that lags, never leads. Anybody may push it on.
  alignas(kCacheLine) std::atomic<std::uint64_t> tail;
  /// Records below are gone: their cells and bytes may be reused.
  alignas(kCacheLine) std::atomic<std::uint64_t> oldest;
  ConditionState readable;
  ConditionState writable;
  /// Changes whenever a peer joins, so that others begin to watch it.
  alignas(kCacheLine) std::atomic<std::uint32_t> peer_epoch;
  /// No peer at or above this index has ever joined. Only grows.
  std::atomic<std::uint32_t> peer_limit;
  std::atomic<std::uint32_t> history;
  std::uint32_t reserved;
  /// StreamWord packed: whether the stream has ended, and how many writers have come. Ending and
  /// admitting a writer are one CAS each, so of the two only one can succeed.
  std::atomic<std::uint64_t> stream;
  /// Non-zero once somebody found bytes that no arena wrote: their offset plus one.
  std::atomic<std::uint64_t> poisoned;
  alignas(kCacheLine) std::atomic<std::uint64_t> peak_in_flight;
  /// Member packed (generation | role) of each peer slot: 16 peers a cache line, so that looking
  /// through the readers stays cheap. 0 when there is none.
  alignas(kCacheLine) std::atomic<std::uint32_t> members[kMaxPeers];
  /// Losses ever told. The next one becomes the entry of this number. See LossLog.
  alignas(kCacheLine) std::atomic<std::uint64_t> loss_count;
  /// Arrivals ever begun; the next one goes to this number modulo kKeptArrivals.
  alignas(kCacheLine) std::atomic<std::uint64_t> arrival_count;
  alignas(kCacheLine) std::atomic<std::uint64_t> arrivals[kKeptArrivals];
};

/// One writer or reader.
struct alignas(kCacheLine) PeerSlot {
  /// PeerState packed: generation | low start time | pid | phase.
  std::atomic<std::uint64_t> state;
  std::atomic<std::uint64_t> start_time;
  /// The read end of the peer's doorbell: descriptor in the low half, and its inode.
  std::atomic<std::uint64_t> doorbell_fd;
  std::atomic<std::uint64_t> doorbell_inode;
  /// LossWord packed: the last incarnation that died without leaving, and whether that was told.
  std::atomic<std::uint64_t> lost;
  /// What was taken back from the present incarnation after its death.
  std::atomic<std::uint64_t> reclaimed_units;
  std::atomic<std::uint64_t> reclaimed_leases;
  /// Reader that is armed: a commit that leaves the newest record below this one need not ring it.
  std::atomic<std::uint64_t> ring_from;
  /// Reader of a broadcast: the next record it reads; kNoPosition holds nobody back.
  alignas(kCacheLine) std::atomic<std::uint64_t> position;
  std::atomic<std::uint64_t> leases_out;
  /// A call waits: since when, and when it looked last, in milliseconds of the monotonic clock; 0
  /// while none does. For diagnosis alone: nothing is decided by them.
  std::atomic<std::uint64_t> waiting_since;
  std::atomic<std::uint64_t> looked_at;
  /// Wanted packed: what the call of a writer waits for.
  std::atomic<std::uint64_t> waits_for;
  /// When somebody last asked this peer to look at what it holds, because others wait for that.
  std::atomic<std::uint64_t> asked_at;
  /// Counters have one writer, the slot's owner, and go on over its successors.
  alignas(kCacheLine) std::atomic<std::uint64_t> written_units;
  std::atomic<std::uint64_t> written_bytes;
  std::atomic<std::uint64_t> read_units;
  std::atomic<std::uint64_t> read_bytes;
  std::atomic<std::uint64_t> waits;
  std::atomic<std::uint64_t> waited_ns;
  std::atomic<std::uint64_t> reader_waits;
  std::atomic<std::uint64_t> reader_waited_ns;
};
inline constexpr std::uint64_t kNoPosition = ~std::uint64_t{0};

/// One record: its place in the order, and where its bytes are.
struct alignas(kCacheLine) Cell {
  /// RecordWord packed: turn | span | owner | phase. Claim, commit and skip are one CAS each.
  std::atomic<std::uint64_t> word;
  /// First granule, counted from the arena's beginning; index = start * granule mod capacity.
  std::atomic<std::uint64_t> start;
  /// TakerWord packed: turn | attempt | reader. Where each unit goes to one reader.
  std::atomic<std::uint64_t> taker;
  std::atomic<std::uint64_t> byte_length;
  /// Segment index + 1, or 0 when the bytes lie in the record area.
  std::atomic<std::uint32_t> segment;
  std::atomic<std::uint32_t> envelope_length;
  std::atomic<std::uint64_t> segment_generation;
  /// Overwriting: records before this one that were committed. Holds while this one is `oldest`.
  std::atomic<std::uint64_t> committed_before;
  /// OpenedWord packed: since when its writer has had the unit open.
  std::atomic<std::uint64_t> opened;
};

/// One segment of the pool.
struct alignas(kCacheLine) SegmentSlot {
  /// SegmentWord packed: generation | owner | phase.
  std::atomic<std::uint64_t> word;
  /// Fan-out: the record that carries the segment.
  std::atomic<std::uint64_t> sequence;
  /// Since when it has been open, or leased, in milliseconds of the monotonic clock.
  std::atomic<std::uint64_t> since;
  std::uint64_t reserved[5];
};

/// Fan-out: one lane for each segment and peer, holding the generation of the reader that has a
/// lease, or 0. A lane per reader, not a bit: taking back a dead reader's lease is a CAS that
/// cannot hit its successor's.
using LeaseLane = std::atomic<std::uint32_t>;

/// One peer that died without leaving, as the survivors are told of it. See LossLog.
struct alignas(16) Loss {
  /// LossWord packed: slot, generation, role and pid of the peer, and the turn of the entry.
  std::atomic<std::uint64_t> peer;
  /// ReclaimedWord packed: what was taken back from it.
  std::atomic<std::uint64_t> reclaimed;
};

/// How many losses are kept. All peers may die at once, and others that took their slots as well,
/// before a survivor looks again.
constexpr std::uint32_t kept_losses(std::uint32_t peer_count) { return 2 * peer_count + 64; }

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(RegionHeader) <= kPageSize);
static_assert(sizeof(Control) == kPageSize);
static_assert(sizeof(PeerSlot) == 3 * kCacheLine);
static_assert(sizeof(Cell) == kCacheLine);
static_assert(sizeof(SegmentSlot) == kCacheLine);
static_assert(sizeof(Loss) == 16);

/// Where the parts begin, in bytes from the region's start. Computed, never read from the region.
struct RegionLayout {
  std::uint64_t control;
  std::uint64_t peers;
  std::uint64_t cells;
  std::uint64_t segment_slots;
  std::uint64_t lease_lanes;
  std::uint64_t losses;
  std::uint64_t records;
  std::uint64_t segments;
  std::uint64_t segment_stride;
  std::uint64_t total_size;

  static RegionLayout of(const RegionConfig& config);
};

/// Distinguishes builds whose structs differ in size, place or byte order.
std::uint32_t abi_hash();

/// Names the first field of a configuration that no creator can have written, or nullptr.
const char* invalid_field(const RegionConfig& config);

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

}  // namespace arena::core
