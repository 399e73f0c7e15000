/** The ways in which JavaScript moves the memory of an array to another ArrayBuffer. */

/** Returns the array over the same memory; `bytes` is empty then. */
export type Mover = (bytes: Uint8Array) => Promise<Uint8Array>;

/** A byte stream takes the memory of the chunks that it gets. */
async function throughByteStream(bytes: Uint8Array): Promise<Uint8Array> {
  let controller: ReadableByteStreamController | undefined;
  const stream = new ReadableStream({
    type: 'bytes',
    start(given) {
      controller = given;
    },
  });
  controller?.enqueue(bytes as Uint8Array<ArrayBuffer>);
  return (await stream.getReader().read()).value as Uint8Array;
}

/** A byte stream that reads into an array also takes its memory. */
async function intoByteStream(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new ReadableStream({
    type: 'bytes',
    pull({ byobRequest }) {
      byobRequest?.respond(byobRequest.view?.byteLength ?? 0);
    },
  });
  const reader = stream.getReader({ mode: 'byob' });
  return (await reader.read(bytes as Uint8Array<ArrayBuffer>)).value as Uint8Array;
}

/** `ArrayBuffer.prototype.transfer` came with Node.js 22. */
const { transfer } = ArrayBuffer.prototype as { transfer?: () => ArrayBuffer };

export const movers: Readonly<Record<string, Mover>> = {
  'a byte stream': throughByteStream,
  'a byte stream that reads into it': intoByteStream,
  ...(transfer && {
    'transfer()': async ({ buffer }: Uint8Array) => new Uint8Array(transfer.call(buffer)),
  }),
};
