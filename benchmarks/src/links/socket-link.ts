import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FrameParser, headerBytes } from './frames.js';
import { Inbox } from './inbox.js';
import type { Inspect, Message, ReadingEnd, Receipt, WritingEnd } from './link.js';

/** Frames up to this size are gathered, since a system call costs more than a copy of one. */
const gatheredBytes = 2 ** 14;
const gatherBufferBytes = 2 ** 16;

/** The writing end of a Unix domain socket: listens for the reader, and writes to it. */
export class SocketWritingEnd implements WritingEnd {
  #socket: Socket | undefined;
  readonly #connected: Promise<unknown>;

  private constructor(private readonly server: Server) {
    this.#connected = once(server, 'connection').then(([socket]: Socket[]) => {
      this.#socket = socket;
      socket?.on('error', () => socket.destroy());
    });
  }

  static async listen(address: string): Promise<SocketWritingEnd> {
    const server = createServer();
    const end = new SocketWritingEnd(server);
    server.listen(address);
    await once(server, 'listening');
    return end;
  }

  sendOne(bytes: Uint8Array): Promise<void> | undefined {
    if (!this.#socket) return this.#connected.then(() => this.sendOne(bytes));
    if (bytes.byteLength > gatheredBytes) return this.#sendLarge(bytes);
    const frame = Buffer.allocUnsafe(headerBytes + bytes.byteLength);
    frame.writeUInt32LE(bytes.byteLength);
    frame.set(bytes, headerBytes);
    return this.#write(frame);
  }

  async send(payloads: readonly Uint8Array[], count: number): Promise<void> {
    await this.#connected;
    if ((payloads[0]?.byteLength ?? 0) <= gatheredBytes) return this.#sendGathered(payloads, count);
    for (let index = 0; index < count; index++) {
      const waiting = this.#sendLarge(payloads[index % payloads.length] as Uint8Array);
      if (waiting) await waiting;
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.server.close();
  }

  async #sendGathered(payloads: readonly Uint8Array[], count: number): Promise<void> {
    let gathered = Buffer.allocUnsafeSlow(gatherBufferBytes);
    let at = 0;
    for (let index = 0; index < count; index++) {
      const bytes = payloads[index % payloads.length] as Uint8Array;
      if (at + headerBytes + bytes.byteLength > gatherBufferBytes) {
        const waiting = this.#write(gathered.subarray(0, at));
        if (waiting) await waiting;
        gathered = Buffer.allocUnsafeSlow(gatherBufferBytes);
        at = 0;
      }
      gathered.writeUInt32LE(bytes.byteLength, at);
      gathered.set(bytes, at + headerBytes);
      at += headerBytes + bytes.byteLength;
    }
    const waiting = this.#write(gathered.subarray(0, at));
    if (waiting) await waiting;
  }

  /** Sends header and payload with one `writev`. The payload is not copied before. */
  #sendLarge(bytes: Uint8Array): Promise<void> | undefined {
    const header = Buffer.allocUnsafe(headerBytes);
    header.writeUInt32LE(bytes.byteLength);
    this.#socket?.cork();
    this.#socket?.write(header);
    const waiting = this.#write(bytes);
    this.#socket?.uncork();
    return waiting;
  }

  #write(bytes: Uint8Array): Promise<void> | undefined {
    const socket = this.#socket;
    if (!socket || socket.write(bytes)) return undefined;
    return new Promise((resolve) => {
      socket.once('drain', resolve);
    });
  }
}

/** The reading end. It connects, because Node reads into given memory only at that end. */
export class SocketReadingEnd implements ReadingEnd {
  readonly #inbox = new Inbox();
  readonly #socket: Socket;

  private constructor(address: string, frameBytes: number) {
    const parser = new FrameParser(frameBytes, (bytes) => this.#inbox.push(bytes));
    this.#socket = connect({
      path: address,
      onread: { buffer: parser.space, callback: parser.push },
    });
    this.#socket.on('error', () => this.#socket.destroy());
  }

  static async connect(address: string, frameBytes: number): Promise<SocketReadingEnd> {
    const end = new SocketReadingEnd(address, frameBytes);
    await once(end.#socket, 'connect');
    return end;
  }

  next(): Promise<Message> {
    return this.#inbox.next();
  }

  receive(count: number, inspect?: Inspect): Promise<Receipt> {
    return this.#inbox.receive(count, inspect);
  }

  close(): void {
    this.#socket.destroy();
  }
}
