import { packItem, unpackItem } from '@arena/payloads';
import { Decoder, Demuxer, demux, type VideoPackets } from '@arena/video';
import { describe, expect, it } from 'vitest';
import { clips } from './support/media.js';

const clip = clips['H.264 with B-frames in MP4']();
const packets = await demux(clip);
const objects: [string, object, RegExp][] = [
  ['packets', packets, /Send it in an item .* packets\.copyTo\(bytes\)/],
  ['a demuxer', new Demuxer(clip), /or open the source there/],
  ['a decoder', Decoder.for(packets, { format: 'gray' }), /or decode there/],
];

describe.each(objects)('%s', (_, object, remedy) => {
  it('cannot be cloned', () => {
    expect(() => structuredClone(object)).toThrow(remedy);
  });

  it('cannot be sent as JSON', () => {
    expect(() => JSON.stringify({ object })).toThrow(remedy);
  });
});

it('packets travel in an item', () => {
  const arrived = unpackItem<VideoPackets>(packItem(packets, { always: true }));
  expect(arrived.length).toBe(packets.length);
});
