#include "attachment_wrap.hpp"

#include "errors.hpp"
#include "instance.hpp"

namespace arena::binding {
namespace {

std::uint64_t number(const Napi::Object& object, const char* name) {
  return static_cast<std::uint64_t>(object.Get(name).As<Napi::Number>().Int64Value());
}

core::RegionConfig region_config(const Napi::Object& options) {
  core::RegionConfig config{};
  config.kind = static_cast<core::Kind>(number(options, "kind"));
  config.when_full = static_cast<core::WhenFull>(number(options, "whenFull"));
  config.capacity = number(options, "capacity");
  config.granule_shift = static_cast<std::uint32_t>(number(options, "granuleShift"));
  config.cell_count = static_cast<std::uint32_t>(number(options, "cellCount"));
  config.peer_count = static_cast<std::uint32_t>(number(options, "peerCount"));
  config.segment_count = static_cast<std::uint32_t>(number(options, "segmentCount"));
  config.segment_size = number(options, "segmentSize");
  config.envelope_bytes = static_cast<std::uint32_t>(number(options, "envelopeBytes"));
  config.broadcast = static_cast<std::uint32_t>(number(options, "broadcast"));
  return config;
}

}  // namespace

Napi::Function AttachmentWrap::define(Napi::Env env) {
  using W = AttachmentWrap;
  Napi::Function definition = DefineClass(
      env, "Attachment",
      {InstanceMethod<&W::config>("config"), InstanceMethod<&W::handle>("handle"),
       InstanceMethod<&W::writer>("writer"), InstanceMethod<&W::reader>("reader"),
       InstanceMethod<&W::stats>("stats"), InstanceMethod<&W::listen>("listen"),
       InstanceMethod<&W::ref>("ref"), InstanceMethod<&W::look_within>("lookWithin"),
       InstanceMethod<&W::check_peers>("checkPeers"), InstanceMethod<&W::peer_states>("peerStates"),
       InstanceMethod<&W::close>("close")});
  instance(env).attachment = Napi::Persistent(definition);
  return definition;
}

AttachmentWrap::AttachmentWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  guarded(info.Env(), [&] { open(info); });
}

AttachmentWrap::~AttachmentWrap() {
  // Not left to the region's end: readers and writers may keep it.
  if (arena_) arena_->region().remove_name();
}

void AttachmentWrap::open(const Napi::CallbackInfo& info) {
  if (info[0].IsString()) {
    const auto handle = core::Handle::parse(info[0].As<Napi::String>());
    const bool populate = info[1].ToBoolean();
    arena_ = std::make_shared<core::Attachment>(core::Region::attach(handle, populate));
  } else {
    create(info[0].As<Napi::Object>());
  }
  watch();
}

core::Attachment& AttachmentWrap::arena() const {
  if (arena_) return *arena_;
  throw make_error(Env(), "ERR_ARENA_CLOSED", "the arena is closed. Create or attach another.");
}

void AttachmentWrap::create(const Napi::Object& options) {
  core::CreateOptions create{region_config(options), "", options.Get("populate").ToBoolean()};
  if (options.Get("name").IsString()) create.name = options.Get("name").As<Napi::String>();
  arena_ = std::make_shared<core::Attachment>(core::Region::create(create));
}

void AttachmentWrap::watch() {
  watch_ = std::make_unique<LoopWatch>(
      Env(), arena_->doorbell().read_fd(), arena_->monitor_fd(),
      [this] {
        arena_->doorbell().drain();
        look(true);
      },
      [this] { on_monitor(); }, [this] { look(false); });
}

void AttachmentWrap::look(bool rung) {
  if (!on_look_.IsEmpty()) on_look_.MakeCallback(Value(), {Napi::Boolean::New(Env(), rung)});
}

void AttachmentWrap::on_monitor() {
  const auto lost = arena_->check_peers();
  report_lost(lost);
  // A death may have made a waiting call ready in this very process.
  look(false);
}

void AttachmentWrap::report_lost(const std::vector<core::LostPeer>& lost) {
  for (const core::LostPeer& peer : lost) {
    if (on_lost_.IsEmpty()) return;
    Napi::Object event = Napi::Object::New(Env());
    event["pid"] = peer.pid;
    event["role"] = peer.role == core::Role::writer ? "writer" : "reader";
    event["reclaimedUnits"] = static_cast<double>(peer.reclaimed_units);
    event["reclaimedLeases"] = static_cast<double>(peer.reclaimed_leases);
    on_lost_.MakeCallback(Value(), {event});
  }
}

Napi::Value AttachmentWrap::config(const Napi::CallbackInfo& info) {
  const core::RegionConfig& config = arena().region().config();
  Napi::Object object = Napi::Object::New(info.Env());
  object["kind"] = static_cast<std::uint32_t>(config.kind);
  object["whenFull"] = static_cast<std::uint32_t>(config.when_full);
  object["capacity"] = static_cast<double>(config.capacity);
  object["cellCount"] = config.cell_count;
  object["peerCount"] = config.peer_count;
  object["segmentCount"] = config.segment_count;
  object["segmentSize"] = static_cast<double>(config.segment_size);
  object["envelopeBytes"] = config.envelope_bytes;
  object["broadcast"] = config.broadcast;
  object["totalBytes"] = static_cast<double>(arena().region().layout().total_size);
  object["creatorPid"] = arena().region().creator().pid;
  return object;
}

Napi::Value AttachmentWrap::handle(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    return Napi::String::New(info.Env(), arena().region().handle().to_string());
  });
}

Napi::Value AttachmentWrap::writer(const Napi::CallbackInfo& info) {
  return instance(info.Env()).writer.New({Value()});
}

Napi::Value AttachmentWrap::reader(const Napi::CallbackInfo& info) {
  return instance(info.Env()).reader.New({Value(), info[0], info[1]});
}

Napi::Value AttachmentWrap::stats(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    const core::ArenaStats stats = arena().stats();
    Napi::Object object = Napi::Object::New(info.Env());
    const auto set = [&](const char* name, std::uint64_t value) {
      object[name] = static_cast<double>(value);
    };
    set("inFlight", stats.in_flight);
    set("peakInFlight", stats.peak_in_flight);
    set("writtenUnits", stats.written_units);
    set("writtenBytes", stats.written_bytes);
    set("readUnits", stats.read_units);
    set("readBytes", stats.read_bytes);
    set("writerWaits", stats.writer_waits);
    object["writerWaitedMs"] = static_cast<double>(stats.writer_waited_ns) / 1e6;
    set("readerWaits", stats.reader_waits);
    object["readerWaitedMs"] = static_cast<double>(stats.reader_waited_ns) / 1e6;
    set("leasesOut", stats.leases_out);
    object["writers"] = stats.writers;
    object["readers"] = stats.readers;
    return object;
  });
}

Napi::Value AttachmentWrap::listen(const Napi::CallbackInfo& info) {
  on_look_ = Napi::Persistent(info[0].As<Napi::Function>());
  on_lost_ = Napi::Persistent(info[1].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value AttachmentWrap::ref(const Napi::CallbackInfo& info) {
  if (watch_) watch_->ref(info[0].ToBoolean());
  return info.Env().Undefined();
}

Napi::Value AttachmentWrap::look_within(const Napi::CallbackInfo& info) {
  if (watch_) watch_->call_within(info[0].As<Napi::Number>().Uint32Value());
  return info.Env().Undefined();
}

Napi::Value AttachmentWrap::check_peers(const Napi::CallbackInfo& info) {
  return guarded(info.Env(), [&] {
    report_lost(arena().check_peers());
    return info.Env().Undefined();
  });
}

/// Pid and role of every writer and reader there is.
Napi::Value AttachmentWrap::peer_states(const Napi::CallbackInfo& info) {
  Napi::Array list = Napi::Array::New(info.Env());
  core::PeerTable& peers = arena().peers();
  for (std::uint32_t index = 0; index < peers.limit(); ++index) {
    const core::Member member = peers.member(index);
    if (member.role == core::Role::none) continue;
    Napi::Object entry = Napi::Object::New(info.Env());
    entry["pid"] = peers.state(index).pid;
    entry["role"] = member.role == core::Role::writer ? "writer" : "reader";
    list[list.Length()] = entry;
  }
  return list;
}

Napi::Value AttachmentWrap::close(const Napi::CallbackInfo& info) {
  watch_.reset();
  on_look_.Reset();
  on_lost_.Reset();
  if (arena_) arena_->region().remove_name();
  arena_.reset();
  return info.Env().Undefined();
}

}  // namespace arena::binding
