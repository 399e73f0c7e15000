/* Units that a living writer holds and other processes end: RecordQueue::hold, resume and end_overdue,
 * Writer::commit_copy and abort, Sweep::sweep_record.
 *
 * Proves, for every interleaving of the atomic steps below and for a process that is killed anywhere: no
 * process writes into the room of a record that others may give away. A unit is read once, whole, when its
 * commit returned ok. It is never read when its commit returned that the unit was ended. A writer that
 * stops for ever while it holds a unit stops no other process.
 *
 * WRITERS writers open UNITS units each, fill them in private memory, and commit or abort them. OTHERS other
 * processes end held units. The model does not contain the unit timeout, so it tries the end at every
 * moment. These processes also recover the open units of the dead. STOPS writers may stop for ever, DEATHS
 * processes may be killed. With OVERWRITE a writer that finds no room gives the oldest record up. A claim is
 * one step here: claim.pml and queue.pml model it. Memory is sequentially consistent.
 *
 * BROKEN leaves out one necessary step: then the model must fail.
 */
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef UNITS
#define UNITS 2
#endif
#ifndef CELLS
#define CELLS 2
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef STOPS
#define STOPS 0
#endif
#ifndef OTHERS
#define OTHERS 2
#endif
#ifndef OVERWRITE
#define OVERWRITE 0
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

#define ALL (WRITERS * UNITS)
#define TURN(sequence) ((sequence) / CELLS + 1)
#define AT(sequence) ((sequence) % CELLS)

/* RecordWord: one word that one step reads or changes. */
typedef Record { byte phase, owner, turn }
#define SKIPPED 0
#define CLAIMED 1
#define HELD 2
#define COMMITTED 3

byte tail, oldest, position;
Record word[CELLS];
byte envelope[CELLS], bytes[CELLS];  /* the unit to which they belong */

/* Known only to the model. */
#define OPEN 0
#define OK 1
#define GIVEN_UP 2
byte told[ALL + 1], seen[ALL + 1];
byte units;
bool dead[WRITERS];
byte deaths = DEATHS, stops = STOPS;

#define SAME(a, phase_, owner_, turn_) (a.phase == phase_ && a.owner == owner_ && a.turn == turn_)
#define IS(sequence, phase_) \
  (word[AT(sequence)].turn == TURN(sequence) && word[AT(sequence)].phase == phase_)
#define IS_OPEN(sequence) (IS(sequence, CLAIMED) || IS(sequence, HELD))
#define TO_RECOVER(sequence) \
  (IS(sequence, CLAIMED) && dead[word[AT(sequence)].owner] && BROKEN != 5)
#define TO_END(sequence) \
  (IS(sequence, HELD) || TO_RECOVER(sequence) || (BROKEN == 1 && IS(sequence, CLAIMED)))
#define HAS_ROOM (tail - oldest < CELLS)
#define CAN_DROP (OVERWRITE && !IS_OPEN(oldest))

/* One atomic step of a process, before which it may be killed. */
#define STEP(code) \
  if \
  :: atomic { code } \
  :: atomic { deaths > 0 -> deaths--; goto dying } \
  fi

/* A write into a record's room: its writer has claimed the record, and no process ends it meanwhile. */
#define MINE assert(SAME(word[AT(sequence)], CLAIMED, me, TURN(sequence)))

/* RecordQueue::hold */
#define HOLD \
  if \
  :: BROKEN == 6 \
  :: BROKEN != 6 && SAME(word[AT(sequence)], CLAIMED, me, TURN(sequence)) -> \
    word[AT(sequence)].phase = HELD \
  :: else \
  fi

/* A compare-and-swap of this record's word from `from` to `to`. Sets `hit` when it succeeds. */
#define MOVE(from, to) \
  hit = SAME(word[AT(sequence)], from, me, TURN(sequence)); \
  if \
  :: hit -> word[AT(sequence)].phase = to \
  :: else \
  fi

#if BROKEN == 6
#define MINE_HELD CLAIMED
#else
#define MINE_HELD HELD
#endif

/* Writer::commit_copy */
inline commit(me) {
  if
  :: BROKEN == 3 -> STEP(MINE; bytes[AT(sequence)] = unit)
  :: else
  fi;
  /* RecordQueue::resume */
  STEP(MOVE(MINE_HELD, CLAIMED); if :: BROKEN == 2 -> hit = true :: else fi;
       if :: !hit -> told[unit] = GIVEN_UP :: else fi);
  if
  :: hit ->
    /* The copy, byte by byte, and what Writer::publish writes into the cell. */
    STEP(MINE; bytes[AT(sequence)] = 0);
    STEP(MINE; bytes[AT(sequence)] = unit);
    STEP(MOVE(CLAIMED, COMMITTED); assert(hit); told[unit] = OK)
  :: else
  fi
}

proctype writer(byte me) {
  byte unit, sequence, left = UNITS;
  bool hit;
  do
  :: left > 0 ->
    /* RecordQueue::claim, when there is room */
end_full:
    STEP((HAS_ROOM || CAN_DROP) ->
         if
         :: HAS_ROOM
         :: else -> oldest++
         fi;
         units++; unit = units; left--;
         sequence = tail; tail++;
         word[AT(sequence)].phase = CLAIMED; word[AT(sequence)].owner = me;
         word[AT(sequence)].turn = TURN(sequence));
    if
    :: BROKEN == 7 -> STEP(HOLD); STEP(MINE; envelope[AT(sequence)] = unit)
    :: else -> STEP(MINE; envelope[AT(sequence)] = unit); STEP(HOLD)
    fi;
    if
    :: commit(me)
    :: STEP(MOVE(MINE_HELD, SKIPPED); told[unit] = GIVEN_UP)  /* Writer::abort */
    :: atomic { stops > 0 -> stops--; goto stopped }
    fi;
    unit = 0; sequence = 0; hit = false
  :: else -> break
  od;
  goto stopped;
dying:
  dead[me] = true;
stopped:
  skip
}

/* RecordQueue::end_overdue, and Sweep::sweep_record of the dead */
proctype other() {
  byte sequence, phase, owner;
  bool hit;
end_waiting:
  do
  /* Waiting is a guard here. Up to three records can be open at once. */
  :: TO_END(oldest) || TO_END(oldest + 1) || TO_END(oldest + 2) ->
    STEP(sequence = oldest);
    do
    :: sequence < tail ->
      STEP(phase = word[AT(sequence)].phase; owner = word[AT(sequence)].owner;
           hit = TO_END(sequence));
      if
      :: hit ->
        STEP(if
             :: BROKEN == 4 || SAME(word[AT(sequence)], phase, owner, TURN(sequence)) ->
               word[AT(sequence)].phase = SKIPPED
             :: else
             fi)
      :: else
      fi;
      sequence++
    :: else -> break
    od;
    sequence = 0; phase = 0; owner = 0; hit = false
  od;
dying:
  skip
}

/* Reader::take and finish, of a broadcast */
proctype reader() {
  byte one, two;
end_waiting:
  do
  :: atomic { OVERWRITE && position < oldest -> position = oldest }  /* Reader::lapped */
  :: atomic { IS(position, SKIPPED) && !(OVERWRITE && position < oldest) ->
      position++;
      if :: OVERWRITE :: else -> oldest = position fi }
  :: IS(position, COMMITTED) && !(OVERWRITE && position < oldest) ->
    atomic { one = envelope[AT(position)] }
    atomic { two = bytes[AT(position)] }
    /* Reader::finish */
    atomic {
      if
      :: OVERWRITE && position < oldest
      :: else ->
        assert(one == two && one > 0 && told[one] == OK);
        seen[one]++;
        assert(seen[one] == 1);
        position++;
        if :: OVERWRITE :: else -> oldest = position fi
      fi;
      one = 0; two = 0
    }
  od
}

init {
  byte i;
  atomic {
    for (i : 0 .. WRITERS - 1) { run writer(i) }
    for (i : 1 .. OTHERS) { run other() }
    run reader();
    i = 1
  }
  /* No further step is possible. */
  atomic {
    timeout ->
    assert(DEATHS > 1 || position == tail);
    do
    :: i <= ALL -> assert(OVERWRITE || DEATHS > 1 || (seen[i] == 1) == (told[i] == OK)); i++
    :: else -> break
    od
  }
}
