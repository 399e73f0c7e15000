import {
  type Inspect,
  type Message,
  type ReadingEnd,
  type Receipt,
  ReceiptClock,
  type WritingEnd,
} from './link.js';

/** The part of the npm package `zeromq` that is used. The package need not be installed. */
interface ZeroMQ {
  readonly Push: new (options: object) => Push;
  readonly Pull: new (options: object) => Pull;
}

interface Push {
  bind(address: string): Promise<void>;
  send(message: Uint8Array): Promise<void>;
  close(): void;
}

interface Pull {
  connect(address: string): void;
  receive(): Promise<Uint8Array[]>;
  close(): void;
}

// In a variable, so that the compiler does not look for the package.
const packageName: string = 'zeromq';

const load = async (): Promise<ZeroMQ> => (await import(packageName)) as ZeroMQ;

/** The reason why ZeroMQ cannot be measured here; `undefined` when it can. */
export const zeroMqMissing = (): Promise<string | undefined> =>
  load().then(
    () => undefined,
    () => 'the npm package "zeromq" is not installed, or not for this platform.',
  );

const defaultHighWaterMark = 1000;
/** With large messages the default would hold a gigabyte. */
const maxWaitingBytes = 2 ** 28;

/** Waiting messages that each side of a socket holds. More of them make the socket faster. */
const highWaterMark = (sizeBytes: number) =>
  Math.min(defaultHighWaterMark, Math.max(8, Math.floor(maxWaitingBytes / sizeBytes)));

export class ZeroMqWritingEnd implements WritingEnd {
  private constructor(private readonly socket: Push) {}

  static async bind(address: string, sizeBytes: number): Promise<ZeroMqWritingEnd> {
    const { Push } = await load();
    const socket = new Push({ sendHighWaterMark: highWaterMark(sizeBytes), linger: 0 });
    await socket.bind(address);
    return new ZeroMqWritingEnd(socket);
  }

  sendOne(bytes: Uint8Array): Promise<void> {
    return this.socket.send(bytes);
  }

  async send(payloads: readonly Uint8Array[], count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      await this.socket.send(payloads[index % payloads.length] as Uint8Array);
    }
  }

  close(): void {
    this.socket.close();
  }
}

export class ZeroMqReadingEnd implements ReadingEnd {
  private constructor(private readonly socket: Pull) {}

  static async connect(address: string, sizeBytes: number): Promise<ZeroMqReadingEnd> {
    const { Pull } = await load();
    const socket = new Pull({ receiveHighWaterMark: highWaterMark(sizeBytes), linger: 0 });
    socket.connect(address);
    return new ZeroMqReadingEnd(socket);
  }

  async next(): Promise<Message> {
    const [bytes] = await this.socket.receive();
    return { bytes: bytes as Uint8Array, release() {} };
  }

  async receive(count: number, inspect?: Inspect): Promise<Receipt> {
    const clock = new ReceiptClock(count);
    for (;;) {
      const [bytes] = await this.socket.receive();
      const done = clock.add(1);
      inspect?.(bytes as Uint8Array, clock.received - 1);
      if (done) return clock.stop();
    }
  }

  close(): void {
    this.socket.close();
  }
}
