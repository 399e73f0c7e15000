#include "attachment_wrap.hpp"

#include "instance.hpp"
#include "marshal.hpp"
#include "region_plan.hpp"
#include "snapshot_value.hpp"

namespace arena::binding {
namespace {

void fill_plan(core::ArenaPlan& plan, const Options& options) {
  plan.peers = options.number_or("peers", plan.peers);
  plan.unit_timeout_ms = options.number_or("unitTimeoutMs", plan.unit_timeout_ms);
  plan.writers = options.number<std::uint32_t>("writers");
}

core::RegionConfig pool_config(napi_env env, const Options& options) {
  core::PoolPlan plan;
  fill_plan(plan, options);
  plan.segment_size = options.number<std::uint64_t>("segmentSize");
  plan.segment_count = options.number<std::uint32_t>("segmentCount");
  plan.queue_bytes = options.number_or("queueBytes", plan.queue_bytes);
  plan.fan_out = to_bool(env, options.get("fanOut"));
  return core::config_of(plan);
}

core::RegionConfig ring_config(const Options& options) {
  core::RingPlan plan;
  fill_plan(plan, options);
  plan.when_full = options.number<core::WhenFull>("whenFull");
  plan.capacity = options.number_or("capacity", plan.capacity);
  plan.slots = options.number_or("slots", plan.slots);
  plan.slot_bytes = options.number_or("slotBytes", plan.slot_bytes);
  plan.max_records = options.number_or("maxRecords", plan.max_records);
  return core::config_of(plan);
}

const char* name_of(core::Role role) { return role == core::Role::writer ? "writer" : "reader"; }

}  // namespace

napi_value AttachmentWrap::define(napi_env env) {
  using W = AttachmentWrap;
  const napi_value defined = define_class<W>(
      env, "Attachment",
      {method<&W::config>("config"), method<&W::handle>("handle"), method<&W::writer>("writer"),
       method<&W::reader>("reader"), method<&W::stats>("stats"), method<&W::listen>("listen"),
       method<&W::ref>("ref"), method<&W::look_within>("lookWithin"),
       method<&W::check_peers>("checkPeers"), method<&W::peer_states>("peerStates"),
       method<&W::declare_end>("declareEnd"), method<&W::arrivals>("arrivals"),
       method<&W::refused_writers>("refusedWriters"), method<&W::snapshot>("snapshot"),
       method<&W::own_peers>("ownPeers"), method<&W::ask>("ask"), method<&W::close>("close")});
  instance(env).attachment = Reference::strong(env, defined);
  return defined;
}

AttachmentWrap::AttachmentWrap(const Call& call) : env_(call.env) { open(call); }

AttachmentWrap::~AttachmentWrap() {
  // Readers and writers may keep the region for longer. The name must go now.
  if (arena_) arena_->region().remove_name();
}

void AttachmentWrap::open(const Call& call) {
  napi_valuetype type = napi_undefined;
  check(napi_typeof(env_, call[0], &type));
  if (type == napi_string) {
    const auto handle = core::Handle::parse(to_string(env_, call[0]));
    open_region(core::Region::attach(handle, to_bool(env_, call[1])), call[2]);
  } else {
    create(call[0], call[1]);
  }
  watch();
}

core::Attachment& AttachmentWrap::arena() const {
  if (arena_) return *arena_;
  throw core::ArenaFailure("ERR_ARENA_CLOSED", "the arena is closed. Create or attach another.");
}

void AttachmentWrap::create(napi_value object, napi_value thread) {
  const Options options(env_, object);
  const bool is_pool = options.number<core::Kind>("kind") == core::Kind::pool;
  core::CreateOptions create{is_pool ? pool_config(env_, options) : ring_config(options), "",
                             to_bool(env_, options.get("populate"))};
  const napi_value name = options.get("name");
  if (!is_undefined(env_, name)) create.name = to_string(env_, name);
  open_region(core::Region::create(create), thread);
}

void AttachmentWrap::open_region(std::shared_ptr<core::Region> region, napi_value thread) {
  arena_ = std::make_shared<core::Attachment>(std::move(region), to_u32(env_, thread));
}

void AttachmentWrap::watch() {
  watch_ = watch_loop(env_, arena_->doorbell().read_fd(), arena_->monitor_fd(),
                      {.on_doorbell = [this] { on_rung(); },
                       .on_monitor = [this] { on_monitor(); },
                       .on_time = [this] { look(false); }});
}

void AttachmentWrap::on_rung() {
  arena_->doorbell().drain();
  const napi_value on_asked = arena_->was_asked() ? on_asked_.value() : nullptr;
  if (on_asked != nullptr) call_from_loop(env_, on_asked, to_js(env_, true));
  look(true);
}

void AttachmentWrap::look(bool rung) {
  const napi_value on_look = on_look_.value();
  if (on_look != nullptr) call_from_loop(env_, on_look, to_js(env_, rung));
}

void AttachmentWrap::on_monitor() {
  const auto lost = arena_->check_peers();
  report_lost(lost);
  // The recovery may have made a waiting call of this process ready.
  look(false);
}

void AttachmentWrap::report_lost(const std::vector<core::LostPeer>& lost) {
  for (const core::LostPeer& peer : lost) {
    const napi_value on_lost = on_lost_.value();
    if (on_lost == nullptr) return;
    Object event(env_);
    event.set("pid", peer.pid);
    event.set("role", name_of(peer.role));
    event.set("reclaimedUnits", peer.reclaimed_units);
    event.set("reclaimedLeases", peer.reclaimed_leases);
    call_from_loop(env_, on_lost, event.value());
  }
}

napi_value AttachmentWrap::config(const Call& call) {
  const core::RegionConfig& config = arena().region().config();
  Object object(call.env);
  object.set("kind", static_cast<std::uint32_t>(config.kind));
  object.set("whenFull", static_cast<std::uint32_t>(config.when_full));
  object.set("capacity", config.capacity);
  object.set("cellCount", config.cell_count);
  object.set("peerCount", config.peer_count);
  object.set("segmentCount", config.segment_count);
  object.set("segmentSize", config.segment_size);
  object.set("envelopeBytes", config.envelope_bytes);
  object.set("broadcast", config.broadcast != 0);
  object.set("unitTimeoutMs", config.unit_timeout_ms);
  object.set("writers", config.writers);
  object.set("slotBytes", config.slot_bytes);
  object.set("totalBytes", arena().region().layout().total_size);
  object.set("creatorPid", arena().region().creator().pid);
  return object.value();
}

napi_value AttachmentWrap::handle(const Call& call) {
  return to_js(call.env, arena().region().handle().to_string());
}

napi_value AttachmentWrap::writer(const Call& call) {
  return make_instance(call.env, instance(call.env).writer.value(), {call.self(), call[0]});
}

napi_value AttachmentWrap::reader(const Call& call) {
  const Instance& here = instance(call.env);
  const Reference& kind =
      arena().queue().broadcast() ? here.broadcast_reader : here.exclusive_reader;
  return make_instance(call.env, kind.value(), {call.self(), call[0], call[1]});
}

napi_value AttachmentWrap::stats(const Call& call) {
  const core::ArenaStats stats = arena().stats();
  Object object(call.env);
  object.set("inFlight", stats.in_flight);
  object.set("peakInFlight", stats.peak_in_flight);
  object.set("writtenUnits", stats.written_units);
  object.set("writtenBytes", stats.written_bytes);
  object.set("readUnits", stats.read_units);
  object.set("readBytes", stats.read_bytes);
  object.set("writerWaits", stats.writer_waits);
  object.set("writerWaitedMs", static_cast<double>(stats.writer_waited_ns) / 1e6);
  object.set("readerWaits", stats.reader_waits);
  object.set("readerWaitedMs", static_cast<double>(stats.reader_waited_ns) / 1e6);
  object.set("leasesOut", stats.leases_out);
  object.set("writers", stats.writers);
  object.set("readers", stats.readers);
  return object.value();
}

napi_value AttachmentWrap::listen(const Call& call) {
  on_look_ = Reference::strong(call.env, call[0]);
  on_lost_ = Reference::strong(call.env, call[1]);
  on_asked_ = Reference::strong(call.env, call[2]);
  return nullptr;
}

napi_value AttachmentWrap::ref(const Call& call) {
  if (watch_) watch_->ref(to_bool(call.env, call[0]));
  return nullptr;
}

napi_value AttachmentWrap::look_within(const Call& call) {
  if (watch_) watch_->call_within(to_u32(call.env, call[0]));
  return nullptr;
}

napi_value AttachmentWrap::check_peers(const Call&) {
  report_lost(arena().check_peers());
  return nullptr;
}

/// Pid and role of every writer and reader there is.
napi_value AttachmentWrap::peer_states(const Call& call) {
  List list(call.env);
  core::PeerTable& peers = arena().peers();
  for (std::uint32_t index = 0; index < peers.limit(); ++index) {
    const core::Member member = peers.member(index);
    if (member.role != core::Role::writer && member.role != core::Role::reader) continue;
    Object entry(call.env);
    entry.set("pid", peers.state(index).pid);
    entry.set("role", name_of(member.role));
    list.add(entry.value());
  }
  return list.value();
}

napi_value AttachmentWrap::declare_end(const Call&) {
  arena().stream().declare_end();
  arena().wake_everybody();
  return nullptr;
}

/// [pid, thread, pid, thread, ...] of the writers and readers that joined last.
napi_value AttachmentWrap::arrivals(const Call& call) {
  List list(call.env);
  for (const core::ArrivalWord& arrival : arena().stream().arrivals()) {
    list.add(to_js(call.env, arrival.pid));
    list.add(to_js(call.env, arrival.thread));
  }
  return list.value();
}

napi_value AttachmentWrap::refused_writers(const Call& call) {
  return to_js(call.env, arena().stream().word().refused);
}

napi_value AttachmentWrap::own_peers(const Call& call) {
  List list(call.env);
  for (const std::uint32_t index : arena().own_peers()) list.add(index);
  return list.value();
}

napi_value AttachmentWrap::ask(const Call& call) {
  arena().ask(to_u32(call.env, call[0]));
  return nullptr;
}

napi_value AttachmentWrap::snapshot(const Call& call) {
  return snapshot_value(call.env, arena().region().snapshot(), to_bool(call.env, call[0]));
}

napi_value AttachmentWrap::close(const Call&) {
  watch_.reset();
  on_look_.reset();
  on_lost_.reset();
  on_asked_.reset();
  if (arena_) arena_->region().remove_name();
  arena_.reset();
  return nullptr;
}

}  // namespace arena::binding
