/** Number of bytes of the length with which every frame begins. */
export const headerBytes = 4;

/** Least size of the memory that a socket is read into. The kernel fills it in several portions. */
const minBufferBytes = 2 ** 18;

/**
 * Frames that fit into that memory. A frame that is cut off by its end is moved to its start, so with
 * more frames fewer are moved.
 */
const framesInBuffer = 4;

/**
 * Finds length-prefixed frames in memory that a socket is read into directly. A frame is handed out
 * where it lies. Only a frame that the memory's end cuts off is moved.
 */
export class FrameParser {
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  /** The first frame that is not handed out begins at `#start`. The bytes that were read end at `#end`. */
  #start = 0;
  #end = 0;

  /** @param frameBytes The largest frame to come. */
  constructor(
    frameBytes: number,
    private readonly onFrame: (bytes: Uint8Array) => void,
  ) {
    this.#buffer = new Uint8Array(
      Math.max(minBufferBytes, framesInBuffer * (frameBytes + headerBytes)),
    );
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** The memory for the next bytes. */
  readonly space = (): Uint8Array => this.#buffer.subarray(this.#end);

  /** Call this after `count` bytes were read into `space()`. */
  readonly push = (count: number): true => {
    this.#end += count;
    for (;;) {
      const at = this.#start + headerBytes;
      if (at > this.#end) break;
      const length = this.#view.getUint32(this.#start, true);
      if (at + length > this.#end) {
        if (at + length > this.#buffer.byteLength) this.#moveToStart();
        break;
      }
      this.#start = at + length;
      this.onFrame(this.#buffer.subarray(at, at + length));
    }
    if (this.#start === this.#end) this.#start = this.#end = 0;
    else if (this.#end === this.#buffer.byteLength) this.#moveToStart();
    return true;
  };

  #moveToStart(): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
