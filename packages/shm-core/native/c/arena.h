/*
 * The core for other languages: the C interface that a second binding would have.
 *
 * Nothing builds it yet. It shows that a binding needs no logic of its own: each function checks
 * its arguments, makes one call of the core and converts the result.
 *
 *   C                         core
 *   arena_create_pool, _ring  config_of, Region::create, Attachment
 *   arena_attach              Region::attach, Attachment
 *   arena_writer_write, ...   Writer::try_write, try_write_many, try_acquire, commit, abort
 *   arena_reader_read, ...    Reader::read, read_many, release; BroadcastReader::borrow
 *   arena_*_wait, _arm        Reader::wait, Writer::wait, arm, disarm
 *
 * An arena_t, its writers and its readers are used by one thread at a time. Several threads attach
 * each on their own. Sizes are bytes. A pointer that a function returns belongs to the arena.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct arena arena_t;
typedef struct arena_writer arena_writer_t;
typedef struct arena_reader arena_reader_t;

/* core::Status, and `failed` where the core throws: arena_last_error says why. */
typedef enum arena_status {
  ARENA_OK,
  ARENA_EMPTY,
  ARENA_FULL,
  ARENA_TOO_LARGE,
  ARENA_ENDED,
  ARENA_QUIET,
  ARENA_PEER_LOST,
  ARENA_NO_READERS,
  ARENA_LAPPED,
  ARENA_TIMED_OUT,
  ARENA_CLOSED,
  ARENA_UNIT_ENDED,
  ARENA_FAILED = -1
} arena_status_t;

/* Of the last call of this thread that returned ARENA_FAILED or NULL. */
typedef struct arena_error {
  const char* code; /* "ERR_ARENA_..." */
  const char* message;
} arena_error_t;
const arena_error_t* arena_last_error(void);

/* core::PoolPlan and core::RingPlan. 0 leaves a choice to the core. */
typedef struct arena_pool_plan {
  uint64_t segment_size;
  uint32_t segment_count;
  uint64_t queue_bytes;
  int fan_out;
  uint32_t peers;
  uint32_t unit_timeout_ms;
  uint32_t writers;
} arena_pool_plan_t;

typedef enum arena_when_full { ARENA_FAIL, ARENA_WAIT, ARENA_OVERWRITE } arena_when_full_t;

typedef struct arena_ring_plan {
  arena_when_full_t when_full;
  uint64_t capacity; /* or, where it is 0, slots of slot_bytes each */
  uint32_t slots;
  uint64_t slot_bytes;
  uint32_t max_records;
  uint32_t peers;
  uint32_t unit_timeout_ms;
  uint32_t writers;
} arena_ring_plan_t;

/* `name` may be NULL. Returns NULL on failure. */
arena_t* arena_create_pool(const arena_pool_plan_t* plan, const char* name);
arena_t* arena_create_ring(const arena_ring_plan_t* plan, const char* name);
arena_t* arena_attach(const char* handle);
/* Valid until the arena is closed. */
const char* arena_handle(arena_t* arena);
/* No further writer is admitted. */
arena_status_t arena_declare_end(arena_t* arena);
/* Looks for dead peers and recovers what they held. To be called when arena_monitor_fd is readable,
 * and at least every 100 ms while a call waits. */
arena_status_t arena_check_peers(arena_t* arena);
/* For event loops: readable when an armed endpoint was rung, and when a peer has died. */
int arena_doorbell_fd(arena_t* arena);
int arena_monitor_fd(arena_t* arena);
void arena_drain_doorbell(arena_t* arena);
/* Leases that are out keep the memory. */
void arena_close(arena_t* arena);

typedef struct arena_bytes {
  const void* data;
  size_t size;
} arena_bytes_t;

/* --- Writing ----------------------------------------------------------------------------------
 * Units of up to `queue_limit` bytes go into the queue, longer ones into a segment, where the arena
 * has segments. */

arena_writer_t* arena_writer_open(arena_t* arena, int wait_for_readers);
arena_status_t arena_writer_write(arena_writer_t* writer, arena_bytes_t bytes,
                                  arena_bytes_t envelope, uint64_t queue_limit);
/* `written` becomes how many of the units were written. */
arena_status_t arena_writer_write_many(arena_writer_t* writer, const arena_bytes_t* units,
                                       size_t count, uint64_t queue_limit, size_t* written);

/* A unit that is filled in place. `data` is NULL where the arena has a unit timeout: then the unit
 * is committed by arena_writer_commit_copy. */
typedef struct arena_open_unit {
  void* data;
  uint64_t size;
  uint64_t private_words[8];
} arena_open_unit_t;

arena_status_t arena_writer_acquire(arena_writer_t* writer, uint64_t size, arena_bytes_t envelope,
                                    arena_open_unit_t* unit);
arena_status_t arena_writer_commit(arena_writer_t* writer, arena_open_unit_t* unit, uint64_t size);
arena_status_t arena_writer_commit_copy(arena_writer_t* writer, arena_open_unit_t* unit,
                                        arena_bytes_t bytes);
void arena_writer_abort(arena_writer_t* writer, arena_open_unit_t* unit);

/* Blocks until a unit of this size might fit. `timeout_ms` below 0 waits for ever. */
arena_status_t arena_writer_wait(arena_writer_t* writer, uint64_t size, uint64_t envelope_size,
                                 uint64_t queue_limit, double timeout_ms);
/* Asks for a ring of the doorbell. ARENA_OK when there may be room already, else ARENA_FULL. */
arena_status_t arena_writer_arm(arena_writer_t* writer, uint64_t size, uint64_t envelope_size,
                                uint64_t queue_limit);
void arena_writer_disarm(arena_writer_t* writer);
arena_status_t arena_writer_flush(arena_writer_t* writer);
void arena_writer_close(arena_writer_t* writer);

/* --- Reading --------------------------------------------------------------------------------- */

typedef enum arena_from { ARENA_NEWEST, ARENA_OLDEST, ARENA_NEXT } arena_from_t;

/* A unit that was taken and may still be given back. */
typedef struct arena_taken_unit {
  const void* data;
  uint64_t size;
  uint64_t private_words[12];
} arena_taken_unit_t;

/* core::Receiver: memory and leases of the calling language. A function that fails returns NULL or
 * a negative number, and the unit stays unread. */
typedef struct arena_receiver {
  void* self;
  /* 1 accepts, 0 refuses: then the call returns ARENA_TOO_LARGE. */
  int (*accepts)(void* self, uint64_t size, uint64_t envelope_size);
  void* (*envelope)(void* self, size_t size);
  /* 1 keeps the unit until arena_reader_release, 0 asks for a copy. */
  int (*lease)(void* self, const arena_taken_unit_t* unit);
  void* (*copy)(void* self, size_t size);
  /* A writer overwrote the unit meanwhile: what was received is void. */
  void (*revoke)(void* self);
} arena_receiver_t;

/* core::BatchRow. */
typedef struct arena_batch_row {
  uint32_t offset;
  uint32_t size;
  uint32_t envelope_offset;
  uint32_t envelope_size;
} arena_batch_row_t;

arena_reader_t* arena_reader_open(arena_t* arena, arena_from_t from);
arena_status_t arena_reader_read(arena_reader_t* reader, const arena_receiver_t* receiver);
/* Copies small units to `slab`. Where the first one is large or leased, `single` receives it and
 * `count` becomes 0. */
arena_status_t arena_reader_read_many(arena_reader_t* reader, void* slab, size_t slab_size,
                                      arena_batch_row_t* rows, size_t most, size_t* count,
                                      const arena_receiver_t* single);
void arena_reader_release(arena_reader_t* reader, const arena_taken_unit_t* unit);
arena_status_t arena_reader_wait(arena_reader_t* reader, double timeout_ms);
/* ARENA_OK when there is something to read already, else ARENA_EMPTY. */
arena_status_t arena_reader_arm(arena_reader_t* reader, uint64_t units);
void arena_reader_disarm(arena_reader_t* reader);
/* After ARENA_QUIET: ends the stream, because the caller knows that no writer is on the way. */
arena_status_t arena_reader_end_quiet_stream(arena_reader_t* reader);
/* After ARENA_PEER_LOST, when the caller knows that no writer is on the way: ARENA_PEER_LOST again,
 * or ARENA_EMPTY when a writer has come meanwhile. */
arena_status_t arena_reader_confirm_loss(arena_reader_t* reader);
void arena_reader_close(arena_reader_t* reader);

/* Of a reader that sees every unit; ARENA_FAILED for others. */
arena_status_t arena_reader_borrow(arena_reader_t* reader, arena_bytes_t* bytes,
                                   arena_bytes_t* envelope);
/* ARENA_LAPPED when a writer has overwritten the record. */
arena_status_t arena_reader_end_loan(arena_reader_t* reader);
arena_status_t arena_reader_sync_to_newest(arena_reader_t* reader);
arena_status_t arena_reader_lag(arena_reader_t* reader, uint64_t* units);
arena_status_t arena_reader_lost(arena_reader_t* reader, uint64_t* units);

#ifdef __cplusplus
}
#endif

#endif /* ARENA_H */
