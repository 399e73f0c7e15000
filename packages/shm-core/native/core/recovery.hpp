/// Taking back what a peer held. Safe to run by any number of survivors at once and to be killed
/// in: every step is a compare-and-swap from a word that only that incarnation can have left.
#pragma once

#include "attachment.hpp"

namespace arena::core {

/// Marks a peer that is proven dead, returns all that it held and frees its slot.
void recover(Attachment& arena, const Peer& dead);

/// The same by a living peer of its own, when it closes.
void leave(Attachment& arena, const Peer& self);

}  // namespace arena::core
