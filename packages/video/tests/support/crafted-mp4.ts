/** MP4 files that no encoder writes. */

const box = (type: string, ...content: Buffer[]): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + content.reduce((sum, { byteLength }) => sum + byteLength, 0));
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, ...content]);
};

const words = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};

const text = (value: string): Buffer => Buffer.from(value, 'latin1');

const matrix = words(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

/** The sample entry of MJPEG, 64 x 64. */
const sampleEntry = box(
  'mjpg',
  words(0, 1, 0, 0, 0, 0),
  words((64 << 16) | 64, 0x480000, 0x480000, 0, 1 << 16, 0, 0, 0, 0, 0, 0, 0),
  Buffer.from([0, 0, 0, 24, 0xff, 0xff]),
);

/** A file of 1.6 KB whose index claims this many samples of one byte. */
export function mp4OfSamples(samples: number): Uint8Array {
  const start = box('ftyp', text('isom'), words(512), text('isomavc1'));
  const table = box(
    'stbl',
    box('stsd', words(0, 1), sampleEntry),
    box('stts', words(0, 1, samples, 1)),
    box('stsc', words(0, 1, 1, samples, 1)),
    box('stsz', words(0, 1, samples)),
    box('stco', words(0, 1, start.byteLength + 8)),
  );
  const media = box(
    'mdia',
    box('mdhd', words(0, 0, 0, 1000, 1000, 0)),
    box('hdlr', words(0, 0), text('vide'), words(0, 0, 0), text('v\0')),
    box(
      'minf',
      box('vmhd', words(1, 0, 0)),
      box('dinf', box('dref', words(0, 1), box('url ', words(1)))),
      table,
    ),
  );
  const track = box(
    'trak',
    box('tkhd', words(3, 0, 0, 1, 0, 1000, 0, 0, 0, 0), matrix, words(64 << 16, 64 << 16)),
    media,
  );
  const movie = box(
    'moov',
    box(
      'mvhd',
      words(0, 0, 0, 1000, 1000, 0x10000, 0x1000000, 0, 0),
      matrix,
      words(0, 0, 0, 0, 0, 0, 2),
    ),
    track,
  );
  return Buffer.concat([start, box('mdat', Buffer.alloc(1000)), movie]);
}
