/** The producer's module: every pass yields `count` items of 64 KiB. */
const bytes = new Uint8Array(64 * 1024).fill(7);

export default function* items({ count }) {
  for (let index = 0; index < count; index++) yield { index, bytes };
}
