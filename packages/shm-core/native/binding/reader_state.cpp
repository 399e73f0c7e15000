#include "reader_state.hpp"

#include <utility>

#include "array_buffers.hpp"
#include "thread_end.hpp"

namespace arena::binding {

ReaderState::~ReaderState() {
  while (!leases.empty()) give_back(leases.begin()->first);
}

std::uint32_t ReaderState::new_id() {
  // After 2^32 leases the numbers begin again. Numbers of leases that are out are skipped.
  do {
    ++last_id;
  } while (last_id == 0 || leases.contains(last_id));
  return last_id;
}

void ReaderState::release(std::uint32_t id, bool seen) {
  const auto found = leases.find(id);
  if (found == leases.end() || found->second.released) return;
  found->second.released = true;
  found->second.seen = seen;
  if (!seen && found->second.backing != nullptr) found->second.backing->untrack();
  if (!seen && found->second.holds == 0) give_back(id);
}

void ReaderState::unhold(std::uint32_t id) {
  const auto found = leases.find(id);
  if (found == leases.end() || found->second.holds == 0) return;
  const Lease& lease = found->second;
  if (--found->second.holds == 0 && lease.released && !lease.seen) give_back(id);
}

bool ReaderState::unseen(std::uint32_t id) {
  const auto found = leases.find(id);
  if (found == leases.end()) return false;
  const bool leaked = !found->second.released;
  found->second.released = true;
  found->second.seen = false;
  found->second.backing = nullptr;
  if (found->second.holds == 0) give_back(id);
  return leaked;
}

void ReaderState::keep_for_ever(std::uint32_t id) {
  const auto found = leases.find(id);
  if (found == leases.end()) return;
  keep_until_process_ends(reader->arena().shared_region());
  keep_until_process_ends(std::move(found->second.window));
  // A private copy is not given back: another thread may see it.
  leases.erase(found);
}

void ReaderState::give_back(std::uint32_t id) {
  Lease lease = std::move(leases.extract(id).mapped());
  if (lease.copy.data != nullptr) buffers.give_back(lease.copy);
  // Close the window before a writer can get the segment.
  lease.window.close();
  reader->release(lease.unit);
}

}  // namespace arena::binding
