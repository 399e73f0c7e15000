import { attachArena, createArena } from './arena-link.js';
import { arenaReadingEnd } from './arena-reading-end.js';
import { arenaWritingEnd } from './arena-writing-end.js';
import { type Channel, IpcReadingEnd, IpcWritingEnd } from './ipc-link.js';
import type { LinkSpec, ReadingEnd, WritingEnd } from './link.js';
import { SocketReadingEnd, SocketWritingEnd } from './socket-link.js';
import { isArena } from './transports.js';
import { ZeroMqReadingEnd, ZeroMqWritingEnd } from './zeromq-link.js';

let links = 0;

/** An address in Linux's abstract namespace: it has no file, and nothing is left behind. */
const freshName = () => `arena-bench-${process.pid}-${links++}`;

/** An end of a link that is open in this process. */
export interface Opened<End> {
  readonly end: End;
  close(): void;
}

/** The end of a link that has to exist first, and the address at which the other end finds it. */
interface Made<End> extends Opened<End> {
  readonly address: string;
}

const attachedTo = <End extends { close(): void }>(
  end: End,
  arena: { close(): void },
): Opened<End> => ({ end, close: () => arena.close() });

const alone = <End extends { close(): void }>(end: End): Opened<End> => ({
  end,
  close: () => end.close(),
});

/** Opens the writing end of a link: creates the arena, or listens. */
export async function makeWritingEnd(
  spec: Omit<LinkSpec, 'address'>,
  channel: Channel,
): Promise<Made<WritingEnd>> {
  const { transport, sizeBytes } = spec;
  if (isArena(transport)) {
    const arena = createArena(transport, sizeBytes);
    const address = arena.handle;
    return { ...attachedTo(arenaWritingEnd(arena, spec), arena), address };
  }
  if (transport === 'no-arena') return { ...alone(new IpcWritingEnd(channel)), address: '' };
  const name = freshName();
  if (transport === 'unix-socket') {
    const address = `\0${name}`;
    return { ...alone(await SocketWritingEnd.listen(address)), address };
  }
  const address = `ipc://@${name}`;
  return { ...alone(await ZeroMqWritingEnd.bind(address, sizeBytes)), address };
}

/** Opens the reading end of a link whose writing end exists. */
export async function openReadingEnd(
  spec: LinkSpec,
  channel: Channel,
): Promise<Opened<ReadingEnd>> {
  const { transport, sizeBytes, address } = spec;
  if (isArena(transport)) {
    const arena = attachArena(spec);
    return attachedTo(arenaReadingEnd(arena, spec), arena);
  }
  if (transport === 'no-arena') return alone(new IpcReadingEnd(channel));
  if (transport === 'unix-socket') return alone(await SocketReadingEnd.connect(address, sizeBytes));
  return alone(await ZeroMqReadingEnd.connect(address, sizeBytes));
}
