/** Items to envelopes and back, without any arena. */
const COUNTS = ['copied', 'allocations', 'heap'];

const small = () => ({ data: new Uint8Array(100).fill(7), index: 7 });
const nested = () => ({
  id: 'clip-000017',
  label: 4,
  frames: Array.from({ length: 16 }, (_, i) => ({ pts: i * 512, key: i % 8 === 0, score: i / 7 })),
});
const large = () => ({ data: new Uint8Array(256 * 1024).fill(7), index: 7 });

const encode = (make) => async () => {
  const { offloadItem } = await import('@arena/payloads');
  const item = make();
  const target = new Uint8Array(512 * 1024);
  return {
    run(items) {
      for (let count = 0; count < items; count++) offloadItem(item).copyTo(target);
    },
  };
};

const decode = (make) => async () => {
  const { offloadItem, restoreItem } = await import('@arena/payloads');
  const offloaded = offloadItem(make());
  const bytes = new Uint8Array(offloaded.byteLength);
  offloaded.copyTo(bytes);
  const { envelope } = offloaded;
  // Stands for a lease whose end costs nothing.
  const lease = { envelope, bytes, zeroCopy: true, active: true, release() {} };
  return {
    run(items) {
      for (let count = 0; count < items; count++) restoreItem(lease);
    },
  };
};

const both = (name, items, make) => [
  { name: `encode ${name}`, items, time: 'cpu', counts: COUNTS, start: encode(make) },
  { name: `decode ${name}`, items, time: 'cpu', counts: COUNTS, start: decode(make) },
];

export const measurements = [
  ...both('a small item', 4000, small),
  ...both('17 objects', 1000, nested),
  ...both('256 KiB', 800, large),
];
