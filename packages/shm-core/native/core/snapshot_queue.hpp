/// The records and segments of a snapshot.
#pragma once

#include "region_words.hpp"
#include "snapshot.hpp"

namespace arena::core {

/// The first record whose room is in use. `found` has its ends and its peers already.
std::uint64_t floor_of(const RegionWords& words, const Snapshot& found);

/// Adds the records from the floor on, and the room that is free.
void look_at_records(const RegionWords& words, std::uint64_t now_ms, Snapshot& found);

/// Adds the segments. `found` has its floor already.
void look_at_segments(const RegionWords& words, std::uint64_t now_ms, Snapshot& found);

/// Finds the next record of a reader.
void look_at_next(const RegionWords& words, const Snapshot& found, PeerSnapshot& reader);

/// Whether a writer could take that room now.
bool has_room(const RegionWords& words, const Snapshot& found, Placement wanted);

}  // namespace arena::core
