#include "constants.hpp"

#include <initializer_list>
#include <utility>

#include "failure.hpp"
#include "interprocess_condition.hpp"
#include "layout.hpp"
#include "reader.hpp"
#include "region_plan.hpp"
#include "values.hpp"

namespace arena::binding {
namespace {

template <typename Number>
napi_value named(napi_env env, std::initializer_list<std::pair<const char*, Number>> numbers) {
  Object object(env);
  for (const auto& [name, number] : numbers) {
    object.set(name, static_cast<double>(static_cast<std::uint64_t>(number)));
  }
  return object.value();
}

napi_value status_numbers(napi_env env) {
  using core::Status;
  return named<Status>(env, {{"ok", Status::ok},
                             {"empty", Status::empty},
                             {"full", Status::full},
                             {"tooLarge", Status::too_large},
                             {"ended", Status::ended},
                             {"quiet", Status::quiet},
                             {"peerLost", Status::peer_lost},
                             {"noReaders", Status::no_readers},
                             {"lapped", Status::lapped},
                             {"timedOut", Status::timed_out},
                             {"closed", Status::closed},
                             {"unitEnded", Status::unit_ended}});
}

}  // namespace

napi_value constants_value(napi_env env) {
  Object object(env);
  object.set("status", status_numbers(env));
  object.set("kind",
             named<core::Kind>(env, {{"pool", core::Kind::pool}, {"ring", core::Kind::ring}}));
  object.set("whenFull", named<core::WhenFull>(env, {{"throw", core::WhenFull::fail},
                                                     {"wait", core::WhenFull::wait},
                                                     {"overwrite", core::WhenFull::overwrite}}));
  object.set("from", named<core::From>(env, {{"newest", core::From::newest},
                                             {"oldest", core::From::oldest},
                                             {"next", core::From::next}}));
  object.set("limits", named<std::uint64_t>(
                           env, {{"maxPeers", core::kMaxPeers},
                                 {"maxSegments", core::kMaxSegments},
                                 {"maxCapacity", core::kMaxCapacity},
                                 {"segmentEnvelopeBytes", core::kSegmentEnvelopeBytes},
                                 {"batchedBytes", core::kBatchedBytes},
                                 {"recheckMs", core::InterprocessCondition::kRecheck.count()}}));
  return object.value();
}

}  // namespace arena::binding
