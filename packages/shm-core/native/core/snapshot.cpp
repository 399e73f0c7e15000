#include "snapshot.hpp"

#include <unistd.h>

#include <cerrno>
#include <memory>
#include <new>
#include <system_error>

#include "coarse_clock.hpp"
#include "region_header.hpp"
#include "snapshot_queue.hpp"

namespace arena::core {
namespace {

void look_at_control(const RegionWords& words, Snapshot& found) {
  const Control& control = words.control();
  found.oldest = RegionWords::read(control.oldest);
  found.end = RegionWords::read(control.tail);
  for (std::uint32_t i = 0; i < words.config.cell_count && words.record(found.end); ++i) {
    ++found.end;
  }
  found.oldest = std::min(found.oldest, found.end);
  found.poisoned = RegionWords::read(control.poisoned);
  found.history = RegionWords::read(control.history);
  found.stream = StreamWord::unpack(RegionWords::read(control.stream));
  found.readable_event = RegionWords::read(control.readable.event);
  found.writable_event = RegionWords::read(control.writable.event);
}

bool is_armed(const ConditionState& condition, std::uint32_t index) {
  return (RegionWords::read(condition.armed[index / 64]) >> (index % 64) & 1) != 0;
}

void look_at_waiting(const PeerSlot& slot, std::uint64_t now_ms, PeerSnapshot& peer) {
  const std::uint64_t since = RegionWords::read(slot.waiting_since);
  if (since == 0) return;
  peer.waiting_ms = age_ms(since, now_ms);
  peer.looked_ms = age_ms(RegionWords::read(slot.looked_at), now_ms);
  const std::uint64_t wanted = RegionWords::read(slot.waits_for);
  if (peer.role == Role::writer && wanted != 0) peer.wanted = Placement::unpack(wanted);
}

void look_at_peer(const RegionWords& words, std::uint32_t index, std::uint64_t now_ms,
                  Snapshot& found) {
  const PeerSlot& slot = words.peer(index);
  PeerSnapshot peer;
  peer.index = index;
  peer.state = PeerState::unpack(RegionWords::read(slot.state));
  if (peer.state.phase == PeerPhase::free) return;
  const Member member = Member::unpack(RegionWords::read(words.control().members[index]));
  if (member.generation == peer.state.generation) peer.role = member.role;
  peer.start_time = RegionWords::read(slot.start_time);
  peer.doorbell_fd = RegionWords::read(slot.doorbell_fd);
  peer.doorbell_inode = RegionWords::read(slot.doorbell_inode);
  peer.armed_readable = is_armed(words.control().readable, index);
  peer.armed_writable = is_armed(words.control().writable, index);
  peer.ring_from = RegionWords::read(slot.ring_from);
  peer.leases_out = RegionWords::read(slot.leases_out);
  peer.written_units = RegionWords::read(slot.written_units);
  peer.read_units = RegionWords::read(slot.read_units);
  look_at_waiting(slot, now_ms, peer);
  const std::uint64_t position = RegionWords::read(slot.position);
  if (words.broadcast() && peer.role == Role::reader && position != kNoPosition) {
    peer.position = position;
  }
  found.peers.push_back(peer);
}

struct Deleter {
  void operator()(std::byte* bytes) const noexcept {
    ::operator delete[](bytes, std::align_val_t{kPageSize});
  }
};

}  // namespace

Snapshot take_snapshot(const RegionConfig& config, const Creator& creator, const std::byte* base) {
  Snapshot found;
  found.config = config;
  found.creator = creator;
  const RegionWords words(config, base);
  const std::uint64_t now_ms = found.at_ms = coarse_ms();
  look_at_control(words, found);
  for (std::uint32_t index = 0; index < words.peer_limit(); ++index) {
    look_at_peer(words, index, now_ms, found);
  }
  found.floor = floor_of(words, found);
  look_at_records(words, now_ms, found);
  look_at_segments(words, now_ms, found);
  for (PeerSnapshot& peer : found.peers) {
    if (peer.role == Role::reader) look_at_next(words, found, peer);
    if (peer.wanted) peer.room = has_room(words, found, *peer.wanted);
  }
  return found;
}

Snapshot take_snapshot_of(int fd, const char* reached_by) {
  const HeaderContent header = read_header(fd, reached_by);
  const std::uint64_t size = RegionLayout::of(header.config).records;
  // This is intentional: the file is read and not mapped. When its owner shrinks the file
  // meanwhile, the read fails with an error, and no SIGBUS ends this process.
  const std::unique_ptr<std::byte[], Deleter> copy(
      static_cast<std::byte*>(::operator new[](size, std::align_val_t{kPageSize})));
  for (std::uint64_t done = 0; done < size;) {
    const ssize_t got = ::pread(fd, copy.get() + done, size - done, static_cast<off_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::system_error(got < 0 ? errno : EIO, std::generic_category(), "pread");
    done += static_cast<std::uint64_t>(got);
  }
  return take_snapshot(header.config, header.creator, copy.get());
}

}  // namespace arena::core
