import type { Lease, Reader } from '@arena/shm-core';

/** A unit's content, copied out of its lease. */
export interface Content {
  readonly bytes: Uint8Array;
  readonly envelope: Uint8Array;
}

/** The next unit's content; waits for it. */
export async function nextContent(reader: Reader): Promise<Content> {
  return released(await nextLease(reader));
}

/** The content of a unit that is there now, if there is one. */
export function contentNow(reader: Reader): Content | null {
  const lease = reader.tryRead();
  return lease && released(lease);
}

/** The lease of the next unit, which must come. */
export async function nextLease(reader: Reader): Promise<Lease> {
  const lease = await reader.read();
  if (lease === null) throw new Error('the stream ended');
  return lease;
}

export async function nextLeases(reader: Reader, count: number): Promise<Lease[]> {
  const leases: Lease[] = [];
  while (leases.length < count) leases.push(await nextLease(reader));
  return leases;
}

export function released(lease: Lease): Content {
  const content = { bytes: lease.bytes.slice(), envelope: lease.envelope };
  lease.release();
  return content;
}
