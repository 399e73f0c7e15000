/// The bytes of a region, as every process sees them. LAYOUT.md describes them; tests compare its
/// tables, and the pictures in this file, with the offsets that the compiler gives.
///
/// A region holds no pointer, no lock and no native condition variable. So a process may die at any
/// instruction, and the bytes keep their meaning. The core copies every value that a peer could
/// have written into private memory, and checks the copy before it uses the value.
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
/// Records are measured in granules. A record area has fewer granules than this.
inline constexpr std::uint64_t kMaxGranules = 1 << 22;
/// Bytes of a record area.
inline constexpr std::uint64_t kMaxCapacity = std::uint64_t{1} << 44;
inline constexpr std::uint32_t kPeerWords = kMaxPeers / 64;

enum class Kind : std::uint32_t { pool = 1, ring = 2 };
enum class WhenFull : std::uint32_t { fail = 0, wait = 1, overwrite = 2 };

/// The creator chooses these values. They never change afterwards.
struct RegionConfig {
  Kind kind;
  WhenFull when_full;
  /// Bytes of the record area; a multiple of the page and of the granule.
  std::uint64_t capacity;
  /// log2 of the granule, at least 6. Records are measured in granules.
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
  /// Milliseconds for which a living writer may keep a record open. Other peers may end the record
  /// afterwards. 0 for ever.
  std::uint32_t unit_timeout_ms;
  /// Number of writers that will open. The stream ends once that many have come and all have left.
  /// 0 when the creator does not know the number.
  std::uint32_t writers;
  /// Ring of slots: the largest unit in bytes. 0 when only the capacity limits a unit.
  std::uint64_t slot_bytes;
};

/// The process that created the region. The start time tells it apart from a later process with the
/// same pid.
struct Creator {
  std::uint32_t pid;
  std::uint32_t uid;
  std::uint64_t start_time;
  std::uint64_t pid_namespace;
  std::uint64_t nonce;
  std::uint8_t boot_id[16];
};

struct RegionHeader {
  /// Published last, with release. A process that attaches loads it with acquire.
  std::atomic<std::uint64_t> magic;
  std::uint32_t layout_version;
  std::uint32_t abi_hash;
  std::uint64_t total_size;
  /// At the same offset in every layout version, whatever the size of the configuration.
  Creator creator;
  RegionConfig config;
};

/// The shared part of an InterprocessCondition: a futex word, and a bit for each async waiter.
struct alignas(kCacheLine) ConditionState {
  /// sequence << 1 | bit 0: a thread may be parked.
  std::atomic<std::uint32_t> event;
  std::uint32_t reserved;
  /// One bit for each peer: set while the peer wants a ring of its doorbell.
  std::atomic<std::uint64_t> armed[kPeerWords];
};

/// Bits of Control::history: events that have happened at least once. No bit is ever cleared.
enum History : std::uint32_t {
  kWriterClosed = 1,
  kWriterLost = 2,
  kReaderSeen = 4,
  kReaderLost = 8,
};

/// Number of writers and readers that Control::arrivals remembers, the latest ones. A process among
/// them has arrived, so a reader need not wait for it.
inline constexpr std::uint32_t kKeptArrivals = 256;

struct alignas(kPageSize) Control {
  /// Sequence number of the next record. A hint: it may lag, and never leads. Every peer may
  /// advance it.
  alignas(kCacheLine) std::atomic<std::uint64_t> tail;
  /// Records below this number are gone: their cells and bytes may be reused.
  alignas(kCacheLine) std::atomic<std::uint64_t> oldest;
  ConditionState readable;
  ConditionState writable;
  /// Changes whenever a peer joins, so that the other peers begin to watch it.
  alignas(kCacheLine) std::atomic<std::uint32_t> peer_epoch;
  /// No peer at or above this index has ever joined. Only grows.
  std::atomic<std::uint32_t> peer_limit;
  std::atomic<std::uint32_t> history;
  std::uint32_t reserved;
  /// StreamWord packed: whether the stream has ended, and how many writers have come. Ending the
  /// stream is one CAS, and admitting a writer is one CAS: when both are tried, only one succeeds.
  std::atomic<std::uint64_t> stream;
  /// 0, or once a peer has found bytes that no arena wrote, their offset plus one.
  std::atomic<std::uint64_t> poisoned;
  alignas(kCacheLine) std::atomic<std::uint64_t> peak_in_flight;
  /// Member packed (generation | role) of each peer slot; 0 for none. A cache line holds 16
  /// members, so a look at all readers is cheap.
  alignas(kCacheLine) std::atomic<std::uint32_t> members[kMaxPeers];
  /// Number of losses told so far. The next loss gets the entry of this number. See LossLog.
  alignas(kCacheLine) std::atomic<std::uint64_t> loss_count;
  /// Number of arrivals so far. The next one goes to this number modulo kKeptArrivals.
  alignas(kCacheLine) std::atomic<std::uint64_t> arrival_count;
  alignas(kCacheLine) std::atomic<std::uint64_t> arrivals[kKeptArrivals];
};

/// One writer or reader. Rows of 32 bytes; each cache line has two of them:
///
///   0 | state         | start_time      | doorbell_fd      | doorbell_inode   |
///  32 | lost          | reclaimed_units | reclaimed_leases | ring_from        |
///  64 | position      | leases_out      | waiting_since    | looked_at        |
///  96 | waits_for     | asked_at        | -                | -                |
/// 128 | written_units | written_bytes   | read_units       | read_bytes       |
/// 160 | waits         | waited_ns       | reader_waits     | reader_waited_ns |
struct alignas(kCacheLine) PeerSlot {
  /// PeerState packed.
  std::atomic<std::uint64_t> state;
  std::atomic<std::uint64_t> start_time;
  /// The read end of the peer's doorbell: the descriptor in the low half, and the inode of the
  /// pipe.
  std::atomic<std::uint64_t> doorbell_fd;
  std::atomic<std::uint64_t> doorbell_inode;
  /// LossWord packed: the last incarnation that died without leaving, and whether the survivors
  /// were told of that death.
  std::atomic<std::uint64_t> lost;
  /// Number of units and leases that were taken back from the present incarnation after its death.
  std::atomic<std::uint64_t> reclaimed_units;
  std::atomic<std::uint64_t> reclaimed_leases;
  /// Of an armed reader: no commit rings the doorbell while the newest record is below this
  /// sequence.
  std::atomic<std::uint64_t> ring_from;
  /// Reader of a broadcast: the sequence of its next record. kNoPosition lets all writers go on.
  alignas(kCacheLine) std::atomic<std::uint64_t> position;
  std::atomic<std::uint64_t> leases_out;
  /// While a call waits: when the wait began, and when the call looked last, in milliseconds of the
  /// monotonic clock; 0 while no call waits. For diagnosis only: no step depends on these two.
  std::atomic<std::uint64_t> waiting_since;
  std::atomic<std::uint64_t> looked_at;
  /// Placement packed: the room that a writer's call waits for.
  std::atomic<std::uint64_t> waits_for;
  /// When another peer last asked this peer to look at the segments and records that it holds,
  /// because peers wait for them.
  std::atomic<std::uint64_t> asked_at;
  /// Counters. Only the slot's owner writes them, and the next owner of the slot goes on counting.
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

/// The descriptor of one record: its place in the order, and the place of its bytes. Rows of 32
/// bytes; a colon divides 8 bytes into two fields of 4 bytes:
///
///   0 | word                      | start              | taker            | byte_length |
///  32 | segment : envelope_length | segment_generation | committed_before | opened      |
struct alignas(kCacheLine) Cell {
  /// RecordWord packed. A claim is one CAS on this word, and so are a commit and a skip.
  std::atomic<std::uint64_t> word;
  /// First granule, counted from the arena's beginning. The record's bytes begin at byte start *
  /// granule mod capacity of the record area.
  std::atomic<std::uint64_t> start;
  /// TakerWord packed. Used when each unit goes to one reader.
  std::atomic<std::uint64_t> taker;
  std::atomic<std::uint64_t> byte_length;
  /// Segment index + 1, or 0 when the bytes lie in the record area.
  std::atomic<std::uint32_t> segment;
  std::atomic<std::uint32_t> envelope_length;
  std::atomic<std::uint64_t> segment_generation;
  /// Overwriting: number of committed records before this one. Valid while this record is `oldest`.
  std::atomic<std::uint64_t> committed_before;
  /// OpenedWord packed: when the writer opened the unit.
  std::atomic<std::uint64_t> opened;
};

/// The state of one segment of the pool. Rows of 32 bytes:
///
///   0 | word | sequence | since | - |
///  32 | -    | -        | -     | - |
struct alignas(kCacheLine) SegmentSlot {
  /// SegmentWord packed.
  std::atomic<std::uint64_t> word;
  /// Fan-out: the record that carries the segment.
  std::atomic<std::uint64_t> sequence;
  /// When the segment was opened or leased, in milliseconds of the monotonic clock.
  std::atomic<std::uint64_t> since;
  std::uint64_t reserved[5];
};

/// Fan-out: one lane for each segment and peer. A lane holds the generation of the reader that
/// leases the segment, or 0. A lane is a word and not a bit, because taking back a dead reader's
/// lease is a CAS that must fail on the lease of the slot's next reader.
using LeaseLane = std::atomic<std::uint32_t>;

/// One peer that died without leaving, as the survivors are told of the death. See LossLog. One row
/// of 16 bytes:
///
///   0 | peer | reclaimed |
struct alignas(16) Loss {
  /// LossWord packed: the dead peer, and the turn of this entry.
  std::atomic<std::uint64_t> peer;
  /// ReclaimedWord packed: how many units and leases were taken back from the dead peer.
  std::atomic<std::uint64_t> reclaimed;
};

/// Number of losses that the arena keeps. Before a survivor looks again, all peers may die, and the
/// peers that took their slots may die as well.
constexpr std::uint32_t kept_losses(std::uint32_t peer_count) { return 2 * peer_count + 64; }

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(RegionHeader) <= kPageSize);
static_assert(sizeof(Control) == kPageSize);
static_assert(sizeof(PeerSlot) == 3 * kCacheLine);
static_assert(sizeof(Cell) == kCacheLine);
static_assert(sizeof(SegmentSlot) == kCacheLine);
static_assert(sizeof(Loss) == 16);

/// Where the parts of a region begin, in bytes from the start of the file. Computed from the
/// configuration, and never read from the region.
///
///               | RegionHeader                      one page
/// control       | Control                           one page
/// peers         | PeerSlot[peer_count]
/// cells         | Cell[cell_count]
/// segment_slots | SegmentSlot[segment_count]
/// lease_lanes   | LeaseLane[segment_count][peer_count], only in a fan-out
/// losses        | Loss[kept_losses(peer_count)]
/// records       | record area of capacity bytes     begins on a page; mapped twice in a row
/// segments      | segment_count segments            from a page on, segment_stride bytes apart
/// total_size    | end of the file                   on a page boundary
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

/// A hash over sizes, offsets and byte order. It differs between builds that lay out bytes
/// differently.
std::uint32_t abi_hash();

/// The name of the first field whose value no creator can have written, or nullptr.
const char* invalid_field(const RegionConfig& config);

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) {
  return (value + alignment - 1) / alignment * alignment;
}

}  // namespace arena::core
