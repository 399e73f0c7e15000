#pragma once

#include <memory>
#include <span>
#include <string>

#include "busy_flag.hpp"
#include "demuxer.hpp"
#include "native_class.hpp"

namespace arena::video {

/// `new Demuxer(source, options, interrupt, onEnd?)`; opens the source with the first gather(), and
/// calls `onEnd` once the source's bytes are no longer read.
class DemuxerWrap {
 public:
  static napi_value define(napi_env env);
  explicit DemuxerWrap(const binding::Call& call);

  /// (minPackets) => promise of the packed length, or of null at the end
  napi_value gather(const binding::Call& call);
  napi_value take(const binding::Call& call);
  napi_value take_into(const binding::Call& call);
  napi_value empty_run(const binding::Call& call);
  napi_value close(const binding::Call& call);

 private:
  /// The state that a task on another thread uses. It lives longer than this object when the object
  /// is collected first.
  struct Session {
    std::string path;
    std::span<const std::uint8_t> bytes;
    /// Keeps `bytes` in place.
    std::shared_ptr<const void> owner;
    bool from_path = false;
    DemuxOptions options;
    std::shared_ptr<Interrupt> interrupt;
    std::unique_ptr<Demuxer> demuxer;
    Demuxer& opened();
  };

  Session& session();
  /// @throws MediaError state while a call is running, and before the first gather().
  Demuxer& idle_demuxer();

  std::shared_ptr<Session> session_ = std::make_shared<Session>();
  BusyFlag busy_{"demuxer"};
};

}  // namespace arena::video
