/* The event count: native/core/interprocess_condition and doorbell, and their use in src/waiters.ts.
 *
 * Proves, for every interleaving of the atomic steps below: no waiter sleeps for ever while there is a unit
 * for it. Two kills are exceptions: a process is killed inside a notify (or between its publication and
 * the notify), or after a wake-up has come for this process alone and before it has looked. Only then the
 * recheck every 100 ms (here: `timeout`, when no other step is possible) finds a unit.
 *
 * Memory is sequentially consistent here. Comments in the C++ argue the weaker orders.
 *
 * THREADS waiters park, LOOPS (0 or 1) wait in an event loop, WRITERS publish a unit each. DEATHS processes may
 * be killed before any step. EACH: every waiter sees every unit (notify_all). Otherwise one waiter does.
 * BROKEN leaves out one necessary step: then the model must fail.
 */
#ifndef THREADS
#define THREADS 2
#endif
#ifndef LOOPS
#define LOOPS 0
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef DEATHS
#define DEATHS 0
#endif
#ifndef BROKEN
#define BROKEN 0
#endif

#define LOOP THREADS
#define WAITERS (THREADS + 1)
#define PARKED 1

byte event;             /* ConditionState::event: sequence << 1 | a thread is parked */
bool armed;             /* ConditionState::armed, the bit of the event loop's peer */
bool bell;              /* a byte in the event loop's pipe */
bool asleep[WAITERS];   /* in the kernel's queue for the futex */
bool open = true;       /* the event loop's pipe has a reader */

byte published;
byte taken[WAITERS];    /* units taken by each waiter; when one waiter takes each unit, all count in the first */
byte deaths = DEATHS;

/* A wake-up was given to this waiter alone, and the waiter has not looked since. */
bool told[WAITERS];
/* A wake-up was lost with a killed process: only the recheck notices. */
bool excused;

#ifdef EACH
#define MINE(me) taken[me]
#else
#define MINE(me) taken[0]
#endif
#define READY(me) (MINE(me) < published)

/* One atomic step of a process, before which it may be killed. */
#if DEATHS
#define STEP(code) if :: atomic { code } :: atomic { deaths > 0 -> deaths--; goto dying } fi
#else
#define STEP(code) atomic { code }
#endif

/* Wakes any one sleeper. Sets n to the number of woken sleepers. */
inline futex_wake_one(n) {
  n = 0;
  if
  :: asleep[0] -> asleep[0] = false; told[0] = true; n = 1
#if THREADS > 1
  :: asleep[1] -> asleep[1] = false; told[1] = true; n = 1
#endif
  :: !asleep[0] && !asleep[THREADS - 1] -> skip
  fi
}

inline futex_wake_all() {
  asleep[0] = false;
  asleep[THREADS - 1] = false
}

/* DoorbellRinger::ring: writing to a pipe without a reader fails. */
inline ring(rang) {
  if
  :: open || BROKEN == 5 -> bell = true; told[LOOP] = true; rang = true
  :: else -> rang = false
  fi
}

/* InterprocessCondition::notify_one and notify_all, with ring_armed and wake_parked in them. */
inline notify(all) {
  due = true;
  rang = false;
  STEP(seen = armed);
  if
  :: seen ->
    STEP(seen = armed; armed = false);
    if
    :: seen -> STEP(ring(rang))
    :: else
    fi
  :: else
  fi;
  seen = false;
  if
  :: all || !rang ->
    STEP(word = event);
    if
    :: word & PARKED ->
      count = 0;
      if
      :: !all && BROKEN != 7 -> STEP(futex_wake_one(count))
      :: else
      fi;
      if
      :: count == 0 && !(BROKEN == 3 && !all) ->
        do
        :: word & PARKED ->
          STEP(if
               :: event == word -> event = (word + 2) & 254; word = 0
               :: else -> word = event
               fi)
        :: else -> break
        od;
        if
        :: BROKEN == 7 && !all -> STEP(futex_wake_one(count))
        :: else -> STEP(futex_wake_all())
        fi
      :: else
      fi
    :: else
    fi
  :: else
  fi;
  word = 0; count = 0; rang = false; due = false
}

#ifdef EACH
#define NOTIFY_COMMIT notify(true)
#else
#define NOTIFY_COMMIT notify(false)
#endif

/* Writer::publish, then Writer::notify_commit. */
proctype writer() {
  bool seen, rang, due;
  byte word, count;
#if BROKEN == 2
  /* The fault: looks for sleepers before it publishes. */
  NOTIFY_COMMIT;
  STEP(published++);
#else
  STEP(published++; due = true);
  NOTIFY_COMMIT;
#endif
  goto ended;
dying:
  excused = excused || due;
ended:
  skip
}

/* InterprocessCondition::wait in a thread: prepare, the second look, park. */
proctype thread(byte me) {
  bool seen;
  byte key;
  do
  :: STEP(if
          :: READY(me) -> MINE(me)++; seen = true
          :: else -> seen = false
          fi; told[me] = false);
     if
     :: seen -> seen = false; if :: true :: goto ended /* busy with the unit for ever */ fi
     :: else ->
       STEP(event = event | PARKED; key = event);
#if BROKEN != 1
       STEP(seen = READY(me));
#endif
       if
       :: seen -> seen = false
       :: else ->
         STEP(asleep[me] = (event == key));
         key = 0;
         if
         :: !asleep[me] -> skip
         :: atomic { asleep[me] && deaths > 0 -> deaths--; goto dying }
         :: atomic {
              timeout ->
              assert(excused || !READY(me));
              asleep[me] = false;
              if
              :: READY(me) -> skip
              :: else -> goto ended
              fi
            }
         fi
       fi
     fi
  od;
dying:
  /* Killed. The process stays in the futex queue until the kernel has torn it down. */
  atomic { asleep[me] = false; excused = excused || told[me] }
ended:
  skip
}

/* Waiters::retry, the pipe, and Waiters::#dequeue in an event loop. The loop waits for one unit at a time,
   and may stop waiting at any time. */
proctype event_loop() {
  bool seen, rang, due;
  byte word, count;
  bool hopeful;  /* Waiters::#armed: the loop has asked for a ring, and the ring has not come */
  bool served, over, patient;
  do
  :: over -> break
  :: else ->
    STEP(if
         :: READY(LOOP) -> MINE(LOOP)++; served = true
         :: else -> served = false
         fi; if :: !hopeful -> told[LOOP] = false :: else fi);
    if
    :: served -> goto dequeue
    :: else ->
      hopeful = true;
      STEP(armed = true);
#if BROKEN != 6
      STEP(seen = READY(LOOP));
#endif
      if
      :: seen -> seen = false
      :: else ->
        if
        :: patient = true
        :: patient = false
        fi;
        if
        :: atomic { bell -> bell = false; hopeful = false }
        :: atomic { deaths > 0 -> deaths--; goto dying }
        :: !patient -> goto dequeue  /* a time-out or a signal of the caller */
        :: atomic {
             timeout ->
             assert(excused || !READY(LOOP));
             if
             :: READY(LOOP) -> skip
             :: else -> over = true
             fi
           }
        fi
      fi
    fi;
    goto next;
dequeue:
    if
    :: hopeful || !served ->
      hopeful = false;
      /* Reader::disarm: an unused ring is passed on to the next waiter. */
      STEP(seen = armed; armed = false);
#if BROKEN != 4 && !defined(EACH)
      if
      :: !seen -> notify(false)
      :: else
      fi;
#endif
      seen = false
    :: else
    fi;
    /* The wake-up of this loop was passed on or used. A byte may be left in the pipe. */
    told[LOOP] = false;
    if
    :: served -> served = false
    :: true -> served = false; over = true
    fi;
next:
    skip
  od;
  /* The loop lives on without waiting. It takes a ring, and ignores it. */
  goto ended;
dying:
  /* Killed: the pipe takes rings until the kernel has closed it. */
  atomic { open = false; excused = excused || told[LOOP] || due };
ended:
  skip
}

init {
  atomic {
    byte i = 0;
    do
    :: i < THREADS -> run thread(i); i++
    :: else -> break
    od;
    if
    :: LOOPS -> run event_loop()
    :: else
    fi;
    i = 0;
    do
    :: i < WRITERS -> run writer(); i++
    :: else -> break
    od;
    i = 0
  }
}
