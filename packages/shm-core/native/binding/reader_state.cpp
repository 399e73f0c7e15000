#include "reader_state.hpp"

#include <utility>

namespace arena::binding {

ReaderState::~ReaderState() {
  while (!leases.empty()) give_back(leases.begin()->first);
}

std::uint32_t ReaderState::new_id() {
  // After 2^32 leases it begins anew, between those that are still out.
  do {
    ++last_id;
  } while (last_id == 0 || leases.contains(last_id));
  return last_id;
}

bool ReaderState::release(std::uint32_t id) {
  const auto found = leases.find(id);
  if (found == leases.end() || found->second.released) return false;
  found->second.released = true;
  if (found->second.holds == 0) give_back(id);
  return true;
}

void ReaderState::unhold(std::uint32_t id) {
  const auto found = leases.find(id);
  if (found == leases.end() || found->second.holds == 0) return;
  if (--found->second.holds == 0 && found->second.released) give_back(id);
}

void ReaderState::give_back(std::uint32_t id) {
  Lease lease = std::move(leases.extract(id).mapped());
  if (lease.copy.data != nullptr) buffers.give_back(lease.copy);
  // Before a writer may have the segment.
  lease.window.close();
  reader.release(lease.unit);
}

}  // namespace arena::binding
