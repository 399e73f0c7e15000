/**
 * Messages between the two processes of a pipeline, through a pipe for these messages alone.
 *
 * This is intentional: not through Node's IPC channel. That channel belongs to the code in the pipeline,
 * which may send and receive anything there, or close it. And no code can catch the error of a message that
 * cannot be deserialized there.
 *
 * A message is a packed item. It travels as the byte lengths of its envelope and its unit, then both.
 */
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { offloadItem, type PackedItem, unpackItem } from '@arena/payloads';

const lengthBytes = 6;
const headerBytes = 2 * lengthBytes;

export interface MessagePipeListener<In> {
  onMessage(message: In): void;
  /** Called once, when the other side has ended or has written bytes that are no message. */
  onEnd(): void;
}

export class MessagePipe<In, Out> {
  readonly #socket: Socket;
  readonly #listener: MessagePipeListener<In>;
  #chunks: Buffer[] = [];
  #received = 0;
  /** Number of bytes that the next step needs: a header, or a whole frame. */
  #needed = headerBytes;

  constructor(socket: Socket, listener: MessagePipeListener<In>) {
    this.#socket = socket;
    this.#listener = listener;
    // 'close' follows every error.
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.once('close', () => listener.onEnd());
  }

  get closed(): boolean {
    return this.#socket.destroyed;
  }

  /** Resolves once the message has left this process. Rejects when the other side is gone. */
  send(message: Out): Promise<void> {
    const frame = frameOf(message);
    return new Promise((resolve, reject) => {
      this.#socket.write(frame, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Sends a message. Does nothing when the other side has ended; `onEnd` reports that. */
  tell(message: Out): void {
    this.#socket.write(frameOf(message));
  }

  /**
   * Sends the message before this call returns, if no other message waits. For a process that is about to
   * end.
   */
  tellNow(message: Out, fd: number): void {
    if (this.#socket.writableLength > 0) {
      this.tell(message);
      return;
    }
    const frame = frameOf(message);
    for (let sent = 0, tries = 0; sent < frame.length && tries < mostTries; tries++) {
      sent += tryWrite(fd, frame.subarray(sent));
    }
  }

  ref(): void {
    this.#socket.ref();
  }

  unref(): void {
    this.#socket.unref();
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    while (this.#received >= this.#needed && !this.closed) {
      const frame = this.#takeFrame();
      if (frame !== undefined) this.#deliver(frame);
    }
  }

  /** Takes a frame once it is complete. With only its header, notes how many bytes the frame needs. */
  #takeFrame(): PackedItem | undefined {
    const { length, 0: first } = this.#chunks;
    const bytes = length === 1 && first ? first : Buffer.concat(this.#chunks);
    this.#chunks = [bytes];
    const envelopeEnd = headerBytes + bytes.readUIntLE(0, lengthBytes);
    const end = envelopeEnd + bytes.readUIntLE(lengthBytes, lengthBytes);
    this.#needed = end;
    if (this.#received < end) return undefined;
    this.#chunks = [bytes.subarray(end)];
    this.#received -= end;
    this.#needed = headerBytes;
    return {
      envelope: bytes.subarray(headerBytes, envelopeEnd),
      bytes: bytes.subarray(envelopeEnd, end),
    };
  }

  #deliver(frame: PackedItem): void {
    let message: In;
    try {
      message = unpackItem<In>(frame) as In;
    } catch {
      // Another program has written into the pipe, so the start of the next message is unknown.
      this.close();
      return;
    }
    this.#listener.onMessage(message);
  }
}

/** Number of retries for a full pipe, with a millisecond between two tries. */
const mostTries = 500;
const pause = new Int32Array(new SharedArrayBuffer(4));

function tryWrite(fd: number, bytes: Uint8Array): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return Number.POSITIVE_INFINITY;
    Atomics.wait(pause, 0, 0, 1);
    return 0;
  }
}

function frameOf(message: unknown): Buffer {
  const offloaded = offloadItem(message);
  const { envelope, byteLength } = offloaded;
  const envelopeEnd = headerBytes + envelope.length;
  const frame = Buffer.allocUnsafe(envelopeEnd + byteLength);
  frame.writeUIntLE(envelope.length, 0, lengthBytes);
  frame.writeUIntLE(byteLength, lengthBytes, lengthBytes);
  frame.set(envelope, headerBytes);
  offloaded.copyTo(frame.subarray(envelopeEnd));
  return frame;
}
