import { describeRandomCalls } from '@arena/testkit';
import { SegmentPool } from '@arena/transport-pool';

for (const fanOut of [false, true]) {
  for (const hardened of [false, true]) {
    describeRandomCalls({
      name: `${hardened ? 'a hardened pool' : 'a pool'}${fanOut ? ' with fan-out' : ''}`,
      create: ({ unitBytes, units, unitTimeoutMs }) => {
        const arena = SegmentPool.create({
          segmentSize: unitBytes,
          segmentCount: units,
          queueBytes: 256 * 1024,
          ...{ unitTimeoutMs, fanOut, hardened },
        });
        return [arena, SegmentPool.attach(arena.handle, { hardened })];
      },
      broadcast: fanOut,
      traits: {
        overwrites: false,
        placedAtCommit: true,
        choosesCopies: true,
        waitsForRoom: true,
      },
      largestUnits: ({ units }) => units,
    });
  }
}
