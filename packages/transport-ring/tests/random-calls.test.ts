import { describeRandomCalls } from '@arena/testkit';
import { RingBuffer } from '@arena/transport-ring';

for (const whenFull of ['throw', 'wait', 'overwrite'] as const) {
  describeRandomCalls({
    name: `a ring whose writers ${whenFull} when it is full`,
    create: ({ unitBytes, units, unitTimeoutMs }) => {
      const arena = RingBuffer.create({ capacity: unitBytes * units, whenFull, unitTimeoutMs });
      return [arena, RingBuffer.attach(arena.handle)];
    },
    broadcast: true,
    traits: {
      overwrites: whenFull === 'overwrite',
      placedAtCommit: false,
      choosesCopies: false,
      waitsForRoom: whenFull === 'wait',
    },
    largestUnits: () => 1,
  });
}
