/** The transports between the two processes. */
export const transports = [
  'pool',
  'pool-in-place',
  'ring',
  'ring-in-place',
  'no-arena',
  'unix-socket',
  'zeromq',
] as const;

export type Transport = (typeof transports)[number];

/** A transport that is an arena. */
export type ArenaTransport = Extract<Transport, `pool${string}` | `ring${string}`>;

export const isArena = (transport: string): transport is ArenaTransport =>
  /^(pool|ring)(-in-place)?$/.test(transport);

/** A transport, and the way in which it passes the bytes of a message. */
export interface Series {
  readonly transport: Transport;
  readonly copy: boolean;
}

/**
 * The ways in which a transport is measured.
 *
 * With `copy: true` an arena copies through its queue, and the reader gets a private copy. With `false`
 * the reader leases the segment, or borrows the record, that the writer copied into. With `in-place`
 * neither side copies. Every other transport is measured in its best way, in which the kernel copies.
 */
export function seriesOf(transport: Transport): Series[] {
  if (transport === 'pool' || transport === 'ring') {
    return [true, false].map((copy) => ({ transport, copy }));
  }
  return [{ transport, copy: !isArena(transport) }];
}

/** The arena whose copies a series without copies is compared with. */
export const copyingTransportOf = (transport: ArenaTransport): 'pool' | 'ring' =>
  transport.startsWith('pool') ? 'pool' : 'ring';

export const labelOf = (transport: string, copy: boolean): string => {
  if (transport !== 'pool' && transport !== 'ring') return transport;
  return `${transport}, ${copy ? 'copied' : transport === 'pool' ? 'leased' : 'borrowed'}`;
};
