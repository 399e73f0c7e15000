import type { Writer } from '@arena/shm-core';
import { expect, it } from 'vitest';
import { failureOf, isSettled, rejectionOf } from '../outcome.js';
import type { Stage } from '../stage.js';
import { nextContent } from '../take.js';

const unitBytes = 4096;
const units = 2;

export function describeWritingMany(stage: Stage): void {
  const unit = (value = 0) => new Uint8Array(unitBytes).fill(value);
  const pair = () => stage.pair({ unitBytes, units });
  const tooLarge = () => new Uint8Array(2 ** 20);

  const failures: [string, string, number, (writer: Writer) => Promise<void>][] = [
    [
      'the first is too large',
      'ERR_ARENA_UNIT_TOO_LARGE',
      0,
      (writer) => writer.writeMany([tooLarge(), unit()]),
    ],
    [
      'the second is too large',
      'ERR_ARENA_UNIT_TOO_LARGE',
      1,
      (writer) => writer.writeMany([unit(), tooLarge()]),
    ],
    [
      'no room comes in time',
      'ERR_ARENA_FULL',
      units,
      (writer) => writer.writeMany([unit(), unit(), unit()], { timeoutMs: 20 }),
    ],
    [
      'the writer is closed meanwhile',
      'ERR_ARENA_CLOSED',
      units,
      (writer) => {
        setImmediate(() => writer.close());
        return writer.writeMany([unit(), unit(), unit()]);
      },
    ],
    [
      'an element is no array of bytes',
      'ERR_ARENA_INVALID_ARGUMENT',
      0,
      (writer) => writer.writeMany([unit(), 'text' as unknown as Uint8Array]),
    ],
  ];

  it.each(failures)('of which %s says how many were written', async (_, code, written, call) => {
    const { arena, writer } = pair();
    expect(await rejectionOf(call(writer))).toMatchObject({ code, details: { written } });
    expect(arena.stats().writtenUnits).toBe(written);
  });

  it('without waiting returns how many fit, and throws only when the first cannot', () => {
    const { writer } = pair();
    expect(writer.tryWriteMany([unit(), tooLarge()])).toBe(1);
    expect(failureOf(() => writer.tryWriteMany([tooLarge()])).code).toBe(
      'ERR_ARENA_UNIT_TOO_LARGE',
    );
  });

  const calls: [string, (writer: Writer, bytes: Uint8Array) => Promise<unknown>][] = [
    ['write', (writer, bytes) => writer.write(bytes)],
    ['write as an envelope', (writer, envelope) => writer.write(unit(), { envelope })],
    ['acquire as an envelope', (writer, envelope) => writer.acquire(unitBytes, { envelope })],
    ['writeMany', (writer, bytes) => writer.writeMany([bytes])],
    ['writeMany later', (writer, bytes) => writer.writeMany([unit(8), bytes])],
  ];

  it.each(calls)('whose bytes are transferred while %s waits is refused', async (_, call) => {
    const { arena, writer, reader } = pair();
    await writer.writeMany([unit(1), unit(2)]);
    const bytes = new Uint8Array(64);
    const failure = rejectionOf(call(writer, bytes));
    expect(await isSettled(failure)).toBe(false);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    expect((await nextContent(reader)).bytes[0]).toBe(1);
    expect((await nextContent(reader)).bytes[0]).toBe(2);
    expect((await failure).message).toMatch(/must have bytes: .* transferred away/);
    expect(arena.stats().inFlight).toBeLessThan(2);
  });
}
