#include "snapshot_value.hpp"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

#include "descriptor.hpp"
#include "process_facts.hpp"
#include "values.hpp"

namespace arena::binding {
namespace {

template <typename T>
void set_if(Object& object, const char* name, const std::optional<T>& value) {
  if (value) object.set(name, *value);
}

const char* name_of(core::PeerPhase phase) {
  switch (phase) {
    case core::PeerPhase::free:
      return "free";
    case core::PeerPhase::joining:
      return "joining";
    case core::PeerPhase::live:
      return "live";
    case core::PeerPhase::leaving:
      return "leaving";
    case core::PeerPhase::dead:
      return "dead";
  }
  return "unknown";
}

const char* name_of(core::Role role) {
  if (role == core::Role::writer) return "writer";
  if (role == core::Role::closed_writer) return "closed writer";
  return role == core::Role::reader ? "reader" : "none";
}

const char* name_of(core::Next next) {
  switch (next) {
    case core::Next::nothing:
      return "nothing";
    case core::Next::committed:
      return "committed";
    case core::Next::open:
      return "open";
    case core::Next::lapped:
      return "lapped";
  }
  return "unknown";
}

const char* name_of(core::RecordPhase phase) {
  switch (phase) {
    case core::RecordPhase::claimed:
      return "claimed";
    case core::RecordPhase::committed:
      return "committed";
    case core::RecordPhase::skipped:
      return "skipped";
    case core::RecordPhase::held:
      return "held";
  }
  return "unknown";
}

const char* name_of(core::SegmentSnapshot::Use use) {
  using Use = core::SegmentSnapshot::Use;
  if (use == Use::open) return "open";
  return use == Use::queued ? "queued" : "leased";
}

void set_process(Object& value, const core::PeerSnapshot& peer) {
  const core::ProcessFacts facts = core::facts_of({peer.state.pid, peer.start_time});
  value.set("processState", std::string_view(&facts.state, facts.state == 0 ? 0 : 1));
  value.set("sleepsIn", facts.sleeps_in);
  value.set("ranMs", static_cast<double>(facts.ran_ns) / 1e6);
  value.set("queuedMs", static_cast<double>(facts.queued_ns) / 1e6);
  set_if(value, "rings",
         core::untaken_rings(peer.state.pid, peer.doorbell_fd, peer.doorbell_inode));
}

void set_waiting(Object& value, const core::PeerSnapshot& peer, std::uint32_t granule_shift) {
  set_if(value, "waitingMs", peer.waiting_ms);
  set_if(value, "lookedMs", peer.looked_ms);
  if (!peer.wanted) return;
  value.set("wantsSegment", peer.wanted->in_segment);
  value.set("wantsBytes", peer.wanted->span << granule_shift);
  value.set("room", peer.room);
}

napi_value peer_value(napi_env env, const core::PeerSnapshot& peer, std::uint32_t granule_shift,
                      bool processes) {
  Object value(env);
  value.set("index", peer.index);
  value.set("pid", peer.state.pid);
  value.set("generation", peer.state.generation);
  value.set("phase", name_of(peer.state.phase));
  value.set("role", name_of(peer.role));
  if (processes) set_process(value, peer);
  set_waiting(value, peer, granule_shift);
  value.set("armedReadable", peer.armed_readable);
  value.set("armedWritable", peer.armed_writable);
  if (peer.role == core::Role::reader) {
    value.set("next", name_of(peer.next));
    value.set("nextSequence", peer.next_sequence);
    value.set("behind", peer.behind);
    value.set("ringFrom", peer.ring_from);
    set_if(value, "position", peer.position);
  }
  value.set("leasesOut", peer.leases_out);
  value.set("writtenUnits", peer.written_units);
  value.set("readUnits", peer.read_units);
  return value.value();
}

napi_value record_value(napi_env env, const core::RecordSnapshot& record) {
  Object value(env);
  value.set("sequence", record.sequence);
  value.set("phase", name_of(record.word.phase));
  value.set("writer", record.word.owner);
  value.set("byteLength", record.byte_length);
  set_if(value, "reader", record.taker);
  set_if(value, "segment", record.segment);
  set_if(value, "openMs", record.open_ms);
  return value.value();
}

napi_value segment_value(napi_env env, const core::SegmentSnapshot& segment) {
  Object value(env);
  value.set("index", segment.index);
  value.set("use", name_of(segment.use));
  value.set("ageMs", segment.age_ms);
  value.set("generation", segment.generation);
  List holders(env);
  for (const std::uint32_t peer : segment.holders) holders.add(peer);
  value.set("holders", holders.value());
  return value.value();
}

void set_config(Object& value, const core::Snapshot& found) {
  const core::RegionConfig& config = found.config;
  value.set("kind", config.kind == core::Kind::ring ? "ring" : "pool");
  value.set("broadcast", config.kind == core::Kind::ring || config.broadcast != 0);
  value.set("overwrites", config.when_full == core::WhenFull::overwrite);
  value.set("capacity", config.capacity);
  value.set("granuleBytes", std::uint64_t{1} << config.granule_shift);
  value.set("cellCount", config.cell_count);
  value.set("segmentCount", config.segment_count);
  value.set("segmentSize", config.segment_size);
  value.set("unitTimeoutMs", config.unit_timeout_ms);
  value.set("creatorPid", found.creator.pid);
  value.set("writersExpected", config.writers);
  value.set("writersCame", found.stream.came);
  value.set("writersRefused", found.stream.refused);
  value.set("streamEnded", found.stream.ended);
  value.set("endDeclared", found.stream.declared);
  char nonce[17];
  std::snprintf(nonce, sizeof nonce, "%016llx",
                static_cast<unsigned long long>(found.creator.nonce));
  value.set("nonce", std::string_view(nonce));
}

void set_queue(Object& value, const core::Snapshot& found) {
  value.set("oldest", found.oldest);
  value.set("floor", found.floor);
  value.set("end", found.end);
  value.set("poisoned", found.poisoned != 0);
  value.set("poisonedOffset", found.poisoned == 0 ? 0 : found.poisoned - 1);
  value.set("history", found.history);
  value.set("readableWord", found.readable_event);
  value.set("writableWord", found.writable_event);
  value.set("openRecords", found.open_records);
  value.set("unreadRecords", found.unread_records);
  value.set("takenRecords", found.taken_records);
  value.set("freeBytes", found.free_granules << found.config.granule_shift);
  value.set("freeCells", found.free_cells);
  value.set("freeSegments", found.free_segments);
  value.set("openSegments", found.open_segments);
  value.set("queuedSegments", found.queued_segments);
  value.set("leasedSegments", found.leased_segments);
}

}  // namespace

napi_value snapshot_value(napi_env env, const core::Snapshot& found, bool processes) {
  Object value(env);
  value.set("atMs", found.at_ms);
  set_config(value, found);
  set_queue(value, found);
  List peers(env), records(env), segments(env);
  for (const auto& peer : found.peers) {
    peers.add(peer_value(env, peer, found.config.granule_shift, processes));
  }
  for (const auto& record : found.records) records.add(record_value(env, record));
  for (const auto& segment : found.segments) segments.add(segment_value(env, segment));
  value.set("peers", peers.value());
  value.set("records", records.value());
  value.set("segments", segments.value());
  return value.value();
}

napi_value inspect(const Call& call) {
  const std::string path = to_string(call.env, call[0]);
  const std::string reached_by = to_string(call.env, call[1]);
  // O_NONBLOCK: if the path is a pipe by now, opening it must not wait for a writer.
  const core::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) throw std::system_error(errno, std::generic_category(), "open " + path);
  return snapshot_value(call.env, core::take_snapshot_of(file.get(), reached_by.c_str()), true);
}

}  // namespace arena::binding
