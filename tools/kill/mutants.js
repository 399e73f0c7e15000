/** Faults of the core in handling the death or the delay of a process. */

/**
 * @typedef {object} Mutation
 * @property {string} name The fault.
 * @property {string} file The file in native/core.
 * @property {[string, string][]} change Texts that the file holds once, and their replacements.
 * @property {string} only Operations in which the fault must be noticed.
 */

/** @type {Mutation[]} */
export const MUTATIONS = [
  {
    name: 'recovery forgets records that are claimed',
    file: 'recovery.cpp',
    change: [['word->open() && word', 'word->span > 999 && word']],
    only: 'ring that waits/acquire',
  },
  {
    name: 'recovery forgets segments that are leased',
    file: 'recovery.cpp',
    change: [['word.phase == SegmentPhase::leased', 'word.phase == SegmentPhase::shared']],
    only: 'pool/release',
  },
  {
    name: 'recovery ignores the record that carries a segment',
    file: 'recovery.cpp',
    change: [
      [
        'const auto carrier = find_carrier(index, word.generation);',
        'auto carrier = find_carrier(index, word.generation);\n    carrier.reset();',
      ],
    ],
    only: 'pool/commit',
  },
  {
    name: 'recovery frees the slot before the segments and records that its peer held',
    file: 'recovery.cpp',
    change: [
      [
        'Sweep(arena, dead, true).run();\n  arena.peers().strike(dead);',
        'arena.peers().free({dead.index, dead.state, dead.role});\n  Sweep(arena, dead, true).run();\n  arena.peers().strike(dead);',
      ],
    ],
    only: 'pool/recovery',
  },
  {
    name: 'recovery gives a taken unit back before its segment',
    file: 'recovery.cpp',
    change: [
      [
        'const std::uint32_t segment = cell.segment.load(std::memory_order_acquire);',
        'const TakerWord early{TakerWord::kNobody, taker.attempt + 1, taker.turn};\n    cell.taker.compare_exchange_strong(taken, early.pack());\n    const std::uint32_t segment = cell.segment.load(std::memory_order_acquire);',
      ],
    ],
    only: 'pool/recovery',
  },
  {
    name: 'recovery does not ask whether a slot has another tenant',
    file: 'recovery.cpp',
    change: [['return !dead_ || arena_.peers().is_dead(peer_);', 'return true;']],
    only: "takes the dead one's place",
  },
  {
    name: 'recovery frees a segment that a dead fan-out writer had not shared',
    file: 'recovery.cpp',
    change: [['if (carrier || segments.any_lane(index)) {', 'if (segments.any_lane(index)) {']],
    only: 'fan-out/',
  },
  {
    name: 'a record is committed before its fields are written',
    file: 'writer.cpp',
    change: [
      [
        'const TakerWord nobody{TakerWord::kNobody, 0, queue',
        'queue.commit(record);\n  const TakerWord nobody{TakerWord::kNobody, 0, queue',
      ],
    ],
    only: '/commit',
  },
  {
    name: 'the tail moves on before the record is claimed',
    file: 'record_queue.cpp',
    change: [
      [
        '    // SYNC: release; pairs with the acquire in tail() and start_of_next().\n',
        '    std::uint64_t early = sequence;\n    control_.tail.compare_exchange_strong(early, sequence + 1);\n',
      ],
    ],
    only: 'ring that fails/acquire',
  },
  {
    name: 'a record is claimed from any turn but its own',
    file: 'record_queue.cpp',
    change: [
      [
        'RecordWord::unpack(before).turn != turn_of(sequence) - 1',
        'RecordWord::unpack(before).turn == turn_of(sequence)',
      ],
    ],
    only: 'ring that waits/write inline what',
  },
  {
    name: 'a record is skipped whatever its cell holds by then',
    file: 'record_queue.cpp',
    change: [
      [
        'return cell(sequence).word.compare_exchange_strong(word, skipped, std::memory_order_acq_rel);',
        'return cell(sequence).word.exchange(skipped) == word;',
      ],
    ],
    only: 'pool/recovery',
  },
  {
    name: 'a unit that is given back is free before its segment',
    file: 'exclusive_reader.cpp',
    change: [
      [
        '  if (unit.leased) {\n    arena_->segments().move(',
        '  std::uint64_t early =\n      TakerWord{peer_.index, unit.attempt, arena_->queue().turn_of(unit.view.sequence)}.pack();\n  arena_->queue().cell(unit.view.sequence).taker.compare_exchange_strong(\n      early, TakerWord{TakerWord::kNobody, unit.attempt + 1,\n                       arena_->queue().turn_of(unit.view.sequence)}.pack());\n  if (unit.leased) {\n    arena_->segments().move(',
      ],
    ],
    only: 'pool/give back',
  },
  {
    name: 'a reader moves on before it has its lane',
    file: 'broadcast_reader.cpp',
    change: [
      [
        '  segments.lease_lane(unit.view.segment - 1, peer_);\n  std::atomic_thread_fence',
        '  position().store(unit.view.sequence + 1);\n  segments.lease_lane(unit.view.segment - 1, peer_);\n  std::atomic_thread_fence',
      ],
    ],
    only: 'fan-out/take',
  },
  {
    name: 'a loss that is marked as told is never counted',
    file: 'losses.cpp',
    change: [
      [
        'if (count_.load() != number) continue;',
        'if (loss.turn == LossWord::kTold) return;\n    if (count_.load() != number) continue;',
      ],
    ],
    only: 'pool/recovery',
  },
  {
    name: 'a slot is free before its loss is told',
    file: 'recovery.cpp',
    change: [
      [
        'if (arena.peers().is_dead(dead)) arena.losses().tell(dead.index, dead.state.generation);\n  arena.peers().free({dead.index, dead.state, dead.role});',
        'arena.peers().free({dead.index, dead.state, dead.role});\n  arena.losses().tell(dead.index, dead.state.generation);',
      ],
    ],
    only: 'pool/recovery',
  },
  {
    name: 'a unit is ended while its writer copies it into its record',
    file: 'record_queue.cpp',
    change: [
      [
        'if (!word || word->phase != RecordPhase::held) continue;',
        'if (!word || !word->open()) continue;',
      ],
    ],
    only: '/commit while the unit is ended',
  },
  {
    name: 'a commit is accepted although others have ended the unit',
    file: 'record_queue.cpp',
    change: [
      [
        '           .word.compare_exchange_strong(expected, claimed, std::memory_order_acq_rel)) {\n    return false;',
        '           .word.compare_exchange_strong(expected, claimed, std::memory_order_acq_rel)) {\n    open.word = claimed;\n    return true;',
      ],
    ],
    only: '/commit while the unit is ended',
  },
  {
    name: 'a unit is copied into its record before the record is resumed',
    file: 'writer.cpp',
    change: [
      [
        '  if (unit.held) {\n    if (!arena_->queue().resume(unit.record)) return Status::unit_ended;\n    unit.held = false;',
        '  if (unit.held) {\n    copy_contested(unit.record.bytes, bytes.data(), bytes.size());\n    if (!arena_->queue().resume(unit.record)) return Status::unit_ended;\n    unit.held = false;',
      ],
    ],
    only: 'ring that waits, held/commit while the unit is ended',
  },
  {
    name: 'a unit is held before its envelope is in its place',
    file: 'writer.cpp',
    change: [
      [
        '  copy_contested(record.bytes + record.span_bytes',
        '  queue.stamp(record);\n  if (holds_) queue.hold(unit.record);\n  copy_contested(record.bytes + record.span_bytes',
      ],
      [
        '  arena_->queue().stamp(unit.record);\n  if (!holds_) return status;',
        '  if (!holds_) return status;',
      ],
      ['  arena_->queue().hold(unit.record);\n', ''],
    ],
    only: '/acquire a unit that is ended at once',
  },
  {
    name: 'a unit is not held while its writer fills it',
    file: 'record_queue.cpp',
    change: [['.with(RecordPhase::held).pack();', '.pack();']],
    only: '/end a unit while others end it',
  },
  {
    name: 'a unit is ended whatever has become of it since',
    file: 'record_queue.cpp',
    change: [
      [
        'ended += skip_word(sequence, word->pack());',
        'cell(sequence).word.store(word->with(RecordPhase::skipped).pack());\n    ++ended;',
      ],
    ],
    only: '/end a unit while it is committed',
  },
  {
    name: 'recovery forgets records that are held',
    file: 'recovery.cpp',
    change: [['word->open() && word', 'word->phase == RecordPhase::claimed && word']],
    only: '/acquire a unit that is held',
  },
  {
    name: 'a writer that closes leaves what it keeps open to others',
    file: 'writer.cpp',
    change: [
      ['if (kept_open_ == 0) return leave(*arena_, peer_);', 'return leave(*arena_, peer_);'],
    ],
    only: '/writer closes and keeps a unit open',
  },
  {
    name: 'a closed writer is waited for while it keeps a unit open',
    file: 'writer.cpp',
    change: [['  arena_->peers().retire(peer_);\n', '']],
    only: '/writer closes and keeps a unit open',
  },
  {
    name: 'a closed writer keeps its place after it has given up its last unit',
    file: 'writer.cpp',
    change: [['if (closed_ && kept_open_ == 0) leave', 'if (closed_ && kept_open_ == 9) leave']],
    only: '/give up a unit that was kept open',
  },
  {
    name: 'recovery looks for members alone',
    file: 'peers.cpp',
    change: [
      [
        'if (state.phase == PeerPhase::free) continue;',
        'if (state.phase == PeerPhase::free) continue;\n    if (table_.role(index, state.generation) == Role::closed_writer) continue;',
      ],
    ],
    only: '/recovery of a unit that was kept open',
  },
  {
    name: 'a closed writer that dies is told of as a reader',
    file: 'peers.cpp',
    change: [['if (role == Role::closed_writer) return Role::writer;\n', '']],
    only: '/recovery of a unit that was kept open',
  },
];
