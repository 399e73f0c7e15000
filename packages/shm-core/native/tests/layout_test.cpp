/// Compares the tables of LAYOUT.md with the layout that the compiler makes.
#include "layout.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include "arenas.hpp"
#include "peer_state.hpp"

using namespace arena::tests;

namespace {

struct Field {
  std::string structure;
  std::string name;
  std::size_t offset;
  std::size_t size;
};

#define FIELD(structure, name) \
  Field { #structure, #name, offsetof(structure, name), sizeof(structure::name) }

const std::vector<Field>& fields() {
  static const std::vector<Field> all{
      FIELD(RegionHeader, magic),
      FIELD(RegionHeader, layout_version),
      FIELD(RegionHeader, abi_hash),
      FIELD(RegionHeader, total_size),
      FIELD(RegionHeader, config),
      FIELD(RegionHeader, creator),
      FIELD(RegionConfig, kind),
      FIELD(RegionConfig, when_full),
      FIELD(RegionConfig, capacity),
      FIELD(RegionConfig, granule_shift),
      FIELD(RegionConfig, cell_count),
      FIELD(RegionConfig, peer_count),
      FIELD(RegionConfig, segment_count),
      FIELD(RegionConfig, segment_size),
      FIELD(RegionConfig, envelope_bytes),
      FIELD(RegionConfig, broadcast),
      FIELD(RegionConfig, unit_timeout_ms),
      FIELD(RegionConfig, writers),
      FIELD(RegionConfig, slot_bytes),
      FIELD(Creator, pid),
      FIELD(Creator, uid),
      FIELD(Creator, start_time),
      FIELD(Creator, pid_namespace),
      FIELD(Creator, nonce),
      FIELD(Creator, boot_id),
      FIELD(ConditionState, event),
      FIELD(ConditionState, reserved),
      FIELD(ConditionState, armed),
      FIELD(Control, tail),
      FIELD(Control, oldest),
      FIELD(Control, readable),
      FIELD(Control, writable),
      FIELD(Control, peer_epoch),
      FIELD(Control, peer_limit),
      FIELD(Control, history),
      FIELD(Control, reserved),
      FIELD(Control, stream),
      FIELD(Control, poisoned),
      FIELD(Control, peak_in_flight),
      FIELD(Control, members),
      FIELD(Control, loss_count),
      FIELD(Control, arrival_count),
      FIELD(Control, arrivals),
      FIELD(Loss, peer),
      FIELD(Loss, reclaimed),
      FIELD(PeerSlot, state),
      FIELD(PeerSlot, start_time),
      FIELD(PeerSlot, doorbell_fd),
      FIELD(PeerSlot, doorbell_inode),
      FIELD(PeerSlot, lost),
      FIELD(PeerSlot, reclaimed_units),
      FIELD(PeerSlot, reclaimed_leases),
      FIELD(PeerSlot, ring_from),
      FIELD(PeerSlot, position),
      FIELD(PeerSlot, leases_out),
      FIELD(PeerSlot, waiting_since),
      FIELD(PeerSlot, looked_at),
      FIELD(PeerSlot, waits_for),
      FIELD(PeerSlot, asked_at),
      FIELD(PeerSlot, written_units),
      FIELD(PeerSlot, written_bytes),
      FIELD(PeerSlot, read_units),
      FIELD(PeerSlot, read_bytes),
      FIELD(PeerSlot, waits),
      FIELD(PeerSlot, waited_ns),
      FIELD(PeerSlot, reader_waits),
      FIELD(PeerSlot, reader_waited_ns),
      FIELD(Cell, word),
      FIELD(Cell, start),
      FIELD(Cell, taker),
      FIELD(Cell, byte_length),
      FIELD(Cell, segment),
      FIELD(Cell, envelope_length),
      FIELD(Cell, segment_generation),
      FIELD(Cell, committed_before),
      FIELD(Cell, opened),
      FIELD(SegmentSlot, word),
      FIELD(SegmentSlot, sequence),
      FIELD(SegmentSlot, since),
      FIELD(SegmentSlot, reserved),
  };
  return all;
}

/// The rows `| offset | size | name |` of LAYOUT.md below the heading of a struct.
std::vector<Field> drawn(const std::string& structure) {
  std::ifstream file(ARENA_LAYOUT_MD);
  std::vector<Field> found;
  bool here = false;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("#", 0) == 0) here = line.rfind("### " + structure + ",", 0) == 0;
    std::size_t offset = 0, size = 0;
    char name[64];
    if (here && std::sscanf(line.c_str(), "| %zu | %zu | `%63[a-z_]`", &offset, &size, name) == 3) {
      found.push_back({structure, name, offset, size});
    }
  }
  return found;
}

std::string heading_of(const std::string& structure, std::size_t size) {
  return "### " + structure + ", " + std::to_string(size) + " bytes";
}

bool has_line(const std::string& wanted) {
  std::ifstream file(ARENA_LAYOUT_MD);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind(wanted, 0) == 0) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("every field lies where LAYOUT.md draws it") {
  for (const Field& field : fields()) {
    CAPTURE(field.structure);
    CAPTURE(field.name);
    bool found = false;
    for (const Field& row : drawn(field.structure)) {
      if (row.name != field.name) continue;
      found = true;
      CHECK(row.offset == field.offset);
      CHECK(row.size == field.size);
    }
    CHECK(found);
  }
}

TEST_CASE("LAYOUT.md draws no field that is not there, and the size of every struct") {
  std::size_t rows = 0;
  for (const auto& [name, size] :
       std::vector<std::pair<std::string, std::size_t>>{{"RegionHeader", sizeof(RegionHeader)},
                                                        {"RegionConfig", sizeof(RegionConfig)},
                                                        {"Creator", sizeof(Creator)},
                                                        {"ConditionState", sizeof(ConditionState)},
                                                        {"Control", sizeof(Control)},
                                                        {"Loss", sizeof(Loss)},
                                                        {"PeerSlot", sizeof(PeerSlot)},
                                                        {"Cell", sizeof(Cell)},
                                                        {"SegmentSlot", sizeof(SegmentSlot)}}) {
    CAPTURE(name);
    CHECK(has_line(heading_of(name, size)));
    rows += drawn(name).size();
  }
  CHECK(rows == fields().size());
}

TEST_CASE("words that are contended for share no cache line with others") {
  CHECK(offsetof(Control, oldest) / kCacheLine != offsetof(Control, tail) / kCacheLine);
  CHECK(offsetof(Control, readable) % kCacheLine == 0);
  CHECK(offsetof(Control, writable) % kCacheLine == 0);
  CHECK(offsetof(Control, members) % kCacheLine == 0);
  CHECK(offsetof(PeerSlot, position) % kCacheLine == 0);
  CHECK(offsetof(PeerSlot, written_units) % kCacheLine == 0);
}

TEST_CASE("the parts of a region follow each other without overlap, on their boundaries") {
  for (const RegionConfig& config :
       {ring_config(WhenFull::wait), pool_config(3), pool_config(5, 8192), fan_out_config(4)}) {
    REQUIRE(invalid_field(config) == nullptr);
    const RegionLayout at = RegionLayout::of(config);
    CHECK(at.control == kPageSize);
    CHECK(at.peers == at.control + sizeof(Control));
    CHECK(at.cells == at.peers + config.peer_count * sizeof(PeerSlot));
    CHECK(at.segment_slots == at.cells + config.cell_count * sizeof(Cell));
    CHECK(at.lease_lanes == at.segment_slots + config.segment_count * sizeof(SegmentSlot));
    const std::uint64_t lanes = config.broadcast * config.segment_count * config.peer_count;
    CHECK(at.losses >= at.lease_lanes + lanes * sizeof(LeaseLane));
    CHECK(at.losses % alignof(Loss) == 0);
    CHECK(at.records >= at.losses + kept_losses(config.peer_count) * sizeof(Loss));
    CHECK(at.records % kPageSize == 0);
    CHECK(at.segments == at.records + config.capacity);
    CHECK(at.segment_stride % kPayloadAlignment == 0);
    CHECK(at.segment_stride >= config.segment_size + config.envelope_bytes);
    CHECK(at.total_size >= at.segments + config.segment_count * at.segment_stride);
    CHECK(at.total_size % kPageSize == 0);
  }
}

TEST_CASE("segments of a page or more begin on a page") {
  const RegionConfig config = pool_config(3, kPageSize + 1);
  const RegionLayout at = RegionLayout::of(config);
  CHECK(at.segments % kPageSize == 0);
  CHECK(at.segment_stride % kPageSize == 0);
}

TEST_CASE("a field of a configuration out of its range is named") {
  const auto named = [](auto change) {
    RegionConfig config = pool_config(2);
    change(config);
    const char* field = invalid_field(config);
    return std::string(field == nullptr ? "" : field);
  };
  const auto max = std::numeric_limits<std::uint32_t>::max();
  CHECK(named([](auto&) {}) == "");
  CHECK(named([](auto& c) { c.kind = Kind{3}; }) == "kind");
  CHECK(named([](auto& c) { c.when_full = WhenFull{3}; }) == "when_full");
  CHECK(named([](auto& c) { c.when_full = WhenFull::overwrite; }) == "when_full");
  CHECK(named([](auto& c) { c.granule_shift = 5; }) == "granule_shift");
  CHECK(named([](auto& c) { c.granule_shift = 31; }) == "granule_shift");
  CHECK(named([](auto& c) { c.capacity = 0; }) == "capacity");
  CHECK(named([](auto& c) { c.capacity = kPageSize + 64; }) == "capacity");
  CHECK(named([](auto& c) { c.capacity = kPageSize << 44; }) == "capacity");
  CHECK(named([](auto& c) { c.capacity = std::uint64_t{64} << 22; }) == "capacity");
  CHECK(named([](auto& c) { c.cell_count = 0; }) == "cell_count");
  CHECK(named([](auto& c) { c.cell_count = 3; }) == "cell_count");
  CHECK(named([&](auto& c) { c.cell_count = max; }) == "cell_count");
  CHECK(named([](auto& c) { c.peer_count = 0; }) == "peer_count");
  CHECK(named([](auto& c) { c.peer_count = kMaxPeers + 1; }) == "peer_count");
  CHECK(named([](auto& c) { c.segment_count = 0; }) == "segment_count");
  CHECK(named([&](auto& c) { c.segment_count = max; }) == "segment_count");
  CHECK(named([](auto& c) { c.kind = Kind::ring; }) == "segment_count");
  CHECK(named([](auto& c) { c.segment_size = 0; }) == "segment_size");
  CHECK(named([](auto& c) { c.segment_size = ~std::uint64_t{0}; }) == "segment_size");
  CHECK(named([&](auto& c) { c.envelope_bytes = max; }) == "envelope_bytes");
  CHECK(named([](auto& c) { c.broadcast = 2; }) == "broadcast");
}

TEST_CASE("packed words come back as they were, at the ends of every field") {
  for (const std::uint32_t generation : {0u, 1u, 0xffffffu}) {
    const PeerState peer{PeerPhase::dead, (1u << 22) - 1, 0x7fff, generation};
    const PeerState again = PeerState::unpack(peer.pack());
    CHECK(again.phase == peer.phase);
    CHECK(again.pid == peer.pid);
    CHECK(again.start_low == peer.start_low);
    CHECK(again.generation == generation);
    const Member member = Member::unpack(Member{Role::reader, generation}.pack());
    CHECK(member.role == Role::reader);
    CHECK(member.generation == generation);
    const LossWord loss =
        LossWord::unpack(LossWord{255, generation, 63, Role::reader, (1u << 22) - 1}.pack());
    CHECK(loss.slot == 255);
    CHECK(loss.generation == generation);
    CHECK(loss.turn == 63);
    CHECK(loss.role == Role::reader);
    CHECK(loss.pid == peer.pid);
  }
  const ReclaimedWord reclaimed =
      ReclaimedWord::unpack(ReclaimedWord{ReclaimedWord::kMost, 1, 0xffff}.pack());
  CHECK(reclaimed.units == ReclaimedWord::kMost);
  CHECK(reclaimed.leases == 1);
  CHECK(reclaimed.turn == 0xffff);
  const RecordWord record =
      RecordWord::unpack(RecordWord{RecordPhase::skipped, 255, 0x3fffff, ~0u}.pack());
  CHECK(record.phase == RecordPhase::skipped);
  CHECK(record.owner == 255);
  CHECK(record.span == 0x3fffff);
  CHECK(record.turn == ~0u);
  const TakerWord taker = TakerWord::unpack(TakerWord{TakerWord::kNobody, 0xffff, ~0u}.pack());
  CHECK(taker.reader == TakerWord::kNobody);
  CHECK(taker.attempt == 0xffff);
  CHECK(taker.turn == ~0u);
  const std::uint64_t most = (std::uint64_t{1} << 46) - 1;
  const SegmentWord segment =
      SegmentWord::unpack(SegmentWord{SegmentPhase::shared, SegmentWord::kNoOwner, most}.pack());
  CHECK(segment.phase == SegmentPhase::shared);
  CHECK(segment.owner == SegmentWord::kNoOwner);
  CHECK(segment.generation == most);
}

TEST_CASE("memory that was never written is an arena where nothing has happened") {
  CHECK(PeerState::unpack(0).phase == PeerPhase::free);
  CHECK(Member::unpack(0).role == Role::none);
  CHECK(RecordWord::unpack(0).turn == 0);
  CHECK(TakerWord::unpack(0).turn == 0);
  CHECK(SegmentWord::unpack(0).phase == SegmentPhase::free);
}

TEST_CASE("attempts are compared as they are counted, modulo 2^16") {
  CHECK(is_attempt(7, 7, 0));
  CHECK(is_attempt(9, 7, 2));
  CHECK_FALSE(is_attempt(9, 7, 1));
  CHECK(is_attempt(7 + 0x10000, 7, 0));
  CHECK_FALSE(is_attempt(6, 7, 0xffff));
}
