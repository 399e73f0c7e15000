/// core::Attachment for JavaScript.
#pragma once

#include <memory>
#include <vector>

#include "attachment.hpp"
#include "event_loop.hpp"
#include "native_class.hpp"
#include "reference.hpp"

namespace arena::binding {

class AttachmentWrap final {
 public:
  /// The class, for the addon's exports.
  static napi_value define(napi_env env);

  /// (plan, thread id) creates; (handle, populate, thread id) attaches.
  explicit AttachmentWrap(const Call& call);
  ~AttachmentWrap();
  AttachmentWrap(const AttachmentWrap&) = delete;
  AttachmentWrap& operator=(const AttachmentWrap&) = delete;

  /// Throws ERR_ARENA_CLOSED.
  core::Attachment& arena() const;
  std::shared_ptr<core::Attachment> shared_arena() const {
    arena();
    return arena_;
  }

 private:
  void open(const Call& call);
  void create(napi_value options, napi_value thread);
  void open_region(std::shared_ptr<core::Region> region, napi_value thread);
  void watch();
  void on_rung();
  void look(bool rung);
  void on_monitor();
  void report_lost(const std::vector<core::LostPeer>& lost);

  napi_value config(const Call& call);
  napi_value handle(const Call& call);
  napi_value writer(const Call& call);
  napi_value reader(const Call& call);
  napi_value stats(const Call& call);
  /// listen(onRing, onLost, onAsked)
  napi_value listen(const Call& call);
  napi_value ref(const Call& call);
  napi_value look_within(const Call& call);
  napi_value check_peers(const Call& call);
  napi_value peer_states(const Call& call);
  napi_value declare_end(const Call& call);
  napi_value arrivals(const Call& call);
  napi_value refused_writers(const Call& call);
  /// () => indices of this attachment's writers and readers
  napi_value own_peers(const Call& call);
  /// (index) asks a peer to check what it holds
  napi_value ask(const Call& call);
  /// (processes) => ArenaSnapshot
  napi_value snapshot(const Call& call);
  napi_value close(const Call& call);

  const napi_env env_;
  std::shared_ptr<core::Attachment> arena_;
  std::unique_ptr<LoopWatch> watch_;
  Reference on_look_;
  Reference on_lost_;
  Reference on_asked_;
};

}  // namespace arena::binding
