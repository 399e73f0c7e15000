/* The record queue of a pool, its segments, and recovery: native/core/record_queue, segments, recovery.
 *
 * Proves, for every interleaving of the atomic steps below and for up to DEATHS processes that are killed
 * anywhere: each committed unit is read once, whole and in order. No other unit is read. A living process
 * never loses a unit or segment that it holds. Every segment and every slot comes back. Nothing hangs.
 *
 * Peer 0 writes, peers 1 and 2 read and recover, and a process without a slot recovers as well. The first
 * two and the last may be killed before any step. Once its slot is free another process takes it, which a
 * late survivor must not harm. Waiting is a guard here: condition.pml models wake-ups.
 *
 * Memory is sequentially consistent here. Comments in the C++ argue the weaker orders.
 * claim.pml models the starts of records. Here a unit in a segment has no span.
 *
 * BROKEN leaves out one necessary step: then the model must fail.
 */
#ifndef CELLS
#define CELLS 2
#endif
#ifndef SEGMENTS
#define SEGMENTS 1
#endif
#ifndef UNITS
#define UNITS 2  /* by the writer, and one more by its successor */
#endif
#ifndef DEATHS
#define DEATHS 1
#endif
#ifndef REFUSALS
#define REFUSALS 1  /* units that a reader takes and gives back */
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

#define PEERS 3
#define NO_SLOT PEERS
#define NOBODY 7
#define TURN(sequence) ((sequence) / CELLS + 1)
#define AT(sequence) ((sequence) % CELLS)
#define RUN_AHEAD (CELLS - SEGMENTS)  /* RecordQueue::run_ahead */

/* RecordWord, TakerWord, SegmentWord and PeerState: each is one word that one step reads or changes. */
typedef Record { byte phase, owner, turn }
typedef Taker { byte reader, attempt, turn }
typedef Segment { byte phase, owner, generation }
typedef PeerWord { byte phase, generation }
#define CLAIMED 0
#define COMMITTED 1
#define SKIPPED 2
#define FREE 0
#define OPEN 1
#define LEASED 2
#define LIVE 1
#define DEAD 2

byte tail, oldest;
Record word[CELLS];
Taker taker[CELLS];
byte cell_segment[CELLS], cell_generation[CELLS];
Segment segment[SEGMENTS];
PeerWord state[PEERS];

/* Reader::ready: an untaken record among those that readers may go to. */
#define IS(sequence, phase_) \
  (word[AT(sequence)].turn == TURN(sequence) && word[AT(sequence)].phase == phase_)
#define UNTAKEN(sequence) (IS(sequence, COMMITTED) && taker[AT(sequence)].reader == NOBODY)
#define TAKEN(sequence) (IS(sequence, COMMITTED) && taker[AT(sequence)].reader != NOBODY)
#if RUN_AHEAD > 1
#define READABLE \
  (UNTAKEN(position) || \
   ((TAKEN(position) || IS(position, SKIPPED)) && UNTAKEN(position + 1)))
#else
#define READABLE UNTAKEN(position)
#endif

/* Known only to the model: the unit whose whole bytes a segment holds, the committed units, how often each
   was read, and the incarnation of a peer that the kernel reports as ended. */
byte bytes[SEGMENTS];
bool committed[UNITS + 3];
byte seen[UNITS + 3];
byte ended[PEERS];
byte position;  /* the first record that is not skipped */
byte units, left = UNITS, deaths = DEATHS, refusals = REFUSALS;

#define SAME(a, phase_, owner_, third, third_) \
  (a.phase == phase_ && a.owner == owner_ && a.third == third_)
#define IS_ATTEMPT(generation, queued, attempt) \
  ((generation) >= (queued) && (generation) - (queued) == (attempt))
#define LOST(p) (ended[p] != 0 && state[p].generation == ended[p] && state[p].phase != FREE)

/* One atomic step of a process, before which it may be killed. */
#if DEATHS
#define STEP(code) \
  if :: atomic { code } :: atomic { mortal && deaths > 0 -> deaths--; goto dying } fi
#else
#define STEP(code) atomic { code }
#endif

/* RecordQueue::tail */
inline find_tail(end) {
  STEP(end = tail);
  STEP(hit = (word[AT(end)].turn == TURN(end)));
  do
  :: hit ->
    STEP(if
         :: tail == end -> end++; tail = end
         :: else -> end = tail
         fi);
    STEP(hit = (word[AT(end)].turn == TURN(end)))
  :: else -> break
  od
}

/* RecordQueue::refresh_floor and raise_oldest */
inline refresh_floor(floor_) {
  STEP(first = oldest);
  from = first;
  hit = true;
  do
  :: hit && first - from < CELLS ->
    STEP(hit = (word[AT(first)].turn == TURN(first) && word[AT(first)].phase == SKIPPED));
    if
    :: hit -> first++
    :: else
    fi
  :: else -> break
  od;
  STEP(if
       :: oldest < first -> oldest = first
       :: else
       fi;
       floor_ = oldest);
  first = 0; from = 0; hit = false
}

/* Sweep::still_ours */
#define STILL_OURS(p) \
  (BROKEN == 1 || (state[p].phase == DEAD && state[p].generation == dead_generation))

/* SegmentTable::move, from the word in `held`. Sets `hit` when it succeeds. */
inline move(index, phase_, owner_, generation_) {
  if
  :: SAME(segment[index], held.phase, held.owner, generation, held.generation) ->
    segment[index].phase = phase_;
    segment[index].owner = owner_;
    segment[index].generation = generation_;
    hit = true
  :: else -> hit = false
  fi
}

inline read_segment(index) {
  held.phase = segment[index].phase;
  held.owner = segment[index].owner;
  held.generation = segment[index].generation
}

inline read_word(sequence) {
  known.phase = word[AT(sequence)].phase;
  known.owner = word[AT(sequence)].owner;
  known.turn = word[AT(sequence)].turn
}

/* RecordQueue::skip_word, from the word in `known`. Sets `hit` when it succeeds. */
inline skip_word(sequence) {
  hit = SAME(word[AT(sequence)], known.phase, known.owner, turn, known.turn);
  if
  :: hit ->
    word[AT(sequence)].phase = SKIPPED;
    do
    :: IS(position, SKIPPED) -> position++
    :: else -> break
    od
  :: else
  fi
}

/* Changes the taker word from reader `lost` at this attempt to no reader at the next attempt. */
inline take_back(sequence, attempt_) {
  if
  :: taker[AT(sequence)].reader == lost && taker[AT(sequence)].attempt == attempt_ &&
     taker[AT(sequence)].turn == TURN(sequence) ->
    taker[AT(sequence)].reader = NOBODY;
    taker[AT(sequence)].attempt = attempt_ + 1
  :: else
  fi
}

/* Sweep::undo_take */
inline undo_take(sequence) {
  STEP(hit = (taker[AT(sequence)].reader == lost && taker[AT(sequence)].turn == TURN(sequence));
       attempt = taker[AT(sequence)].attempt);
  if
  :: hit ->
    STEP(index = cell_segment[AT(sequence)]);
    STEP(queued = cell_generation[AT(sequence)]);
    STEP(hit = (word[AT(sequence)].turn == TURN(sequence) &&
                word[AT(sequence)].phase == COMMITTED));
    if
    :: hit -> STEP(hit = STILL_OURS(lost))
    :: else
    fi;
    if
    :: hit ->
      if
      :: BROKEN == 2 -> STEP(take_back(sequence, attempt))
      :: else
      fi;
      STEP(read_segment(index - 1));
      if
      :: IS_ATTEMPT(held.generation, queued, attempt) ->
        STEP(move(index - 1, OPEN, NOBODY, held.generation + 1))
      :: else
      fi;
      STEP(take_back(sequence, attempt))
    :: else
    fi;
    index = 0; queued = 0
  :: else
  fi;
  attempt = 0; hit = false
}

/* Sweep::find_carrier: sets `carried` when a record carries the segment. */
inline find_carrier(at, generation_) {
  carried = false;
  find_tail(end);
  sequence = (end > CELLS -> end - CELLS : 0);
  do
  :: sequence < end && !carried ->
    STEP(read_word(sequence));
    if
    :: known.turn == TURN(sequence) && known.phase == COMMITTED ->
      STEP(carried = (cell_segment[AT(sequence)] == at + 1));
      if
      :: carried -> STEP(carried = (cell_generation[AT(sequence)] == generation_))
      :: else
      fi
    :: else
    fi;
    sequence++
  :: else -> break
  od;
  end = 0; sequence = 0
}

/* Sweep::sweep_record over all of them */
inline sweep_records() {
  find_tail(end);
  STEP(sequence = oldest);
  sequence = (end > CELLS && end - CELLS > sequence -> end - CELLS : sequence);
  do
  :: sequence < end ->
    STEP(read_word(sequence));
    if
    :: known.turn == TURN(sequence) && known.phase == CLAIMED && known.owner == lost &&
       BROKEN != 5 ->
      STEP(hit = STILL_OURS(lost));
      if
      :: hit -> STEP(skip_word(sequence))
      :: else
      fi
    :: known.turn == TURN(sequence) && known.phase == COMMITTED -> undo_take(sequence)
    :: else
    fi;
    sequence++
  :: else -> break
  od;
  end = 0; sequence = 0
}

/* Sweep::sweep_segment and sweep_open_segment over all of them */
inline sweep_segments() {
  at = 0;
  do
  :: at < SEGMENTS ->
    STEP(read_segment(at));
    if
    :: held.owner == lost && held.phase == LEASED ->
      STEP(hit = STILL_OURS(lost));
      if
      :: hit -> STEP(move(at, FREE, 0, held.generation))
      :: else
      fi
    :: held.owner == lost && held.phase == OPEN ->
      if
      :: BROKEN == 3 -> carried = false
      :: else -> find_carrier(at, held.generation)
      fi;
      STEP(hit = STILL_OURS(lost));
      if
      :: hit && !carried -> STEP(move(at, FREE, 0, held.generation))
      :: else
      fi;
      carried = false
    :: else
    fi;
    at++
  :: else -> break
  od;
  at = 0; hit = false
}

/* PeerTable::free */
inline free_slot() {
  STEP(if
       :: state[lost].phase == DEAD && state[lost].generation == dead_generation ->
         state[lost].phase = FREE
       :: else
       fi)
}

/* Attachment::check_peers: PeerMonitor::check found `lost`; then recover. */
inline recover(p) {
  lost = p;
  dead_generation = ended[p];
  STEP(if
       :: LOST(p) -> state[p].phase = DEAD; hit = true
       :: else -> hit = false
       fi);
  if
  :: hit ->
    if
    :: BROKEN == 6 -> free_slot()
    :: else
    fi;
    sweep_records();
    sweep_segments();
    free_slot()
  :: else
  fi;
  held.phase = 0; held.owner = 0; held.generation = 0;
  known.phase = 0; known.owner = 0; known.turn = 0;
  lost = 0; dead_generation = 0; hit = false
}

/* Reader::give_back: gives a taken and leased unit back, for another reader. */
inline give_back(me) {
  refusals--;
  lost = me;
  if
  :: BROKEN == 8 -> STEP(take_back(sequence, attempt))
  :: else
  fi;
  STEP(move(index, OPEN, NOBODY, held.generation + 1); assert(hit));
  STEP(take_back(sequence, attempt));
  lost = 0
}

/* Reader::take (take_exclusive, next_untaken, SegmentTable::lease), finish and release. */
inline read_one(me) {
  find_tail(end);
  refresh_floor(sequence);
  sequence = (end > CELLS && end - CELLS > sequence -> end - CELLS : sequence);
  until = (end < sequence + RUN_AHEAD -> end : sequence + RUN_AHEAD);
  hit = false;
  do
  :: sequence < until && !hit ->
    STEP(read_word(sequence));
    if
    :: known.turn != TURN(sequence) || known.phase == SKIPPED -> sequence++
    :: known.turn == TURN(sequence) && known.phase == CLAIMED -> until = 0
    :: else ->
      STEP(hit = (taker[AT(sequence)].reader == NOBODY && taker[AT(sequence)].turn == TURN(sequence));
           attempt = taker[AT(sequence)].attempt);
      if
      :: hit
      :: else -> sequence++
      fi
    fi
  :: else -> break
  od;
  if
  :: hit ->
    STEP(hit = (taker[AT(sequence)].reader == NOBODY && taker[AT(sequence)].attempt == attempt &&
                taker[AT(sequence)].turn == TURN(sequence));
         if
         :: hit -> taker[AT(sequence)].reader = me
         :: else
         fi)
  :: else
  fi;
  if
  :: hit ->
    /* From here on the record is ours alone, so its cell does not change. */
    STEP(read_word(sequence); assert(known.turn == TURN(sequence) && known.phase == COMMITTED);
         index = cell_segment[AT(sequence)]; queued = cell_generation[AT(sequence)]);
    assert(index > 0);
    index--;
    STEP(read_segment(index));
    assert(held.phase == OPEN && IS_ATTEMPT(held.generation, queued, attempt));
    STEP(move(index, LEASED, me, held.generation));
    assert(hit);
    held.phase = LEASED; held.owner = me;
    STEP(unit = bytes[index]; assert(unit > 0 && committed[unit] && seen[unit] == 0));
    if
    :: BROKEN == 9 -> STEP(move(index, FREE, 0, held.generation))
    :: else
    fi;
    if
    :: refusals > 0 -> give_back(me)
    :: true ->
      STEP(assert(bytes[index] == unit);
           assert(attempt > 0 || sequence >= newest); newest = sequence;
           skip_word(sequence); assert(hit); seen[unit]++; assert(seen[unit] == 1));
      refresh_floor(sequence);
      if
      :: BROKEN == 9
      :: else ->
        STEP(assert(bytes[index] == unit); move(index, FREE, 0, held.generation); assert(hit))
      fi
    fi
  :: else
  fi;
  end = 0; sequence = 0; until = 0; attempt = 0; index = 0; queued = 0; unit = 0; hit = false;
  held.phase = 0; held.owner = 0; held.generation = 0;
  known.phase = 0; known.owner = 0; known.turn = 0
}

/* SegmentTable::open. Sets `hit` when a segment is free. */
inline open_segment(me) {
  index = 0; hit = false;
  do
  :: index < SEGMENTS && !hit ->
    STEP(read_segment(index));
    if
    :: held.phase == FREE ->
      STEP(move(index, OPEN, me, held.generation + 1);
           if
           :: hit -> units++; unit = units; bytes[index] = 0
           :: else
           fi)
    :: else
    fi;
    if
    :: hit
    :: else -> index++
    fi
  :: else -> break
  od
}

/* RecordQueue::claim of a record without bytes, which needs only a cell. A cell is always free. */
inline claim(me) {
  hit = false;
  do
  :: hit -> break
  :: else ->
    find_tail(sequence);
    STEP(read_word(sequence));
    if
    :: known.turn == TURN(sequence) - 1 ->
      if
      :: sequence - floor >= CELLS ->
        refresh_floor(end);
        floor = (end > sequence -> sequence : end);
        end = 0
      :: else
      fi;
      if
      :: sequence - floor >= CELLS -> STEP(assert(tail != sequence))
      :: else ->
        if
        :: BROKEN == 7 -> STEP(if :: tail == sequence -> tail = sequence + 1 :: else fi)
        :: else
        fi;
        STEP(hit = SAME(word[AT(sequence)], known.phase, known.owner, turn, known.turn);
             if
             :: hit ->
               word[AT(sequence)].phase = CLAIMED;
               word[AT(sequence)].owner = me;
               word[AT(sequence)].turn = TURN(sequence)
             :: else
             fi)
      fi
    :: else
    fi
  od;
  STEP(if
       :: tail == sequence -> tail = sequence + 1
       :: else
       fi)
}

#define COMMIT \
  STEP(assert(SAME(word[AT(sequence)], CLAIMED, me, turn, TURN(sequence))); \
       word[AT(sequence)].phase = COMMITTED; committed[unit] = true; left--)

/* Writer::try_acquire, the filling, and Writer::commit with publish. */
inline write_one(me) {
  open_segment(me);
  if
  :: hit ->
    held.generation++;
    STEP(bytes[index] = unit);
    claim(me);
    if
    :: BROKEN == 4 -> COMMIT
    :: else
    fi;
    STEP(taker[AT(sequence)].reader = NOBODY; taker[AT(sequence)].attempt = 0;
         taker[AT(sequence)].turn = TURN(sequence));
    STEP(cell_segment[AT(sequence)] = index + 1);
    STEP(cell_generation[AT(sequence)] = held.generation);
    if
    :: BROKEN == 4
    :: else -> COMMIT
    fi
  :: else
  fi;
  index = 0; unit = 0; sequence = 0; hit = false;
  held.phase = 0; held.owner = 0; held.generation = 0;
  known.phase = 0; known.owner = 0; known.turn = 0
}

proctype process(byte me; bool reads, recovers, mortal) {
  /* Private variables of a process. They are gone when it dies. */
  Record known;
  Segment held;
  byte sequence, end, until, first, from, floor, newest;
  byte index, at, queued, attempt, unit, lost, dead_generation;
  bool hit, carried;
end_waiting:
  do
  /* The guards stand for waiting: Writer::space_for, Reader::ready, and a pidfd that has become
     readable. */
  :: me == 0 && left > 0 && (segment[0].phase == FREE || segment[SEGMENTS - 1].phase == FREE) -> write_one(me)
  :: reads && READABLE -> read_one(me)
  :: recovers && LOST(0) -> recover(0)
  :: recovers && LOST(1) -> recover(1)
#if DEATHS
  :: atomic { mortal && deaths > 0 -> deaths--; goto dying }
#endif
  od;
dying:
  if
  :: me == NO_SLOT
  :: else ->
    atomic {
      ended[me] = state[me].generation;
      known.phase = 0; known.owner = 0; known.turn = 0;
      held.phase = 0; held.owner = 0; held.generation = 0;
      sequence = 0; end = 0; until = 0; first = 0; from = 0; floor = 0; newest = 0;
      index = 0; at = 0; queued = 0; attempt = 0; unit = 0; lost = 0; dead_generation = 0;
      hit = false; carried = false;
      mortal = false
    };
    /* PeerTable::join, by another process. */
    atomic {
      state[me].phase == FREE ->
      state[me].phase = LIVE;
      state[me].generation++
    };
    left = (me == 0 -> 1 : left);
    goto end_waiting
  fi
}

init {
  byte i = 0;
  atomic {
    do
    :: i < CELLS -> word[i].phase = SKIPPED; taker[i].reader = NOBODY; i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < PEERS -> state[i].phase = LIVE; state[i].generation = 1; i++
    :: else -> break
    od;
    i = 0;
    run process(0, false, false, true);
    run process(1, true, false, true);
    run process(2, true, true, false);
    run process(NO_SLOT, false, true, true)
  }
  /* No further step is possible. */
  atomic {
    timeout ->
    do
    :: i < UNITS + 3 -> assert(seen[i] == committed[i]); i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < SEGMENTS -> assert(segment[i].phase == FREE); i++
    :: else -> break
    od;
    assert(left == 0);
    assert(state[0].phase == LIVE && state[1].phase == LIVE)
  }
}
