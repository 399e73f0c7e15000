/** The calls that only readers with a position have. */
import fc from 'fast-check';
import { got, readOn, releaseLoan } from './reading.js';
import { expectUnit, type Loan, type World } from './world.js';

const index = fc.nat(1000);

export const borrow = {
  arguments: {
    by: index,
    how: fc.constantFrom('try', 'async', 'release'),
    checksEnvelope: fc.boolean(),
  },
  async run(world: World, call: { by: number; how: string; checksEnvelope: boolean }) {
    const one = world.reader(call.by);
    if (one.reader.tryBorrow === undefined) return;
    if (call.how === 'release') {
      releaseLoan(world, one);
      return;
    }
    const { reader } = one;
    const loan = await readOn<Loan>(world, one, () =>
      call.how === 'try' ? reader.tryBorrow?.() : reader.borrow?.({ timeoutMs: 0 }),
    );
    if (loan === undefined) return;
    // The model passes it when the loan ends.
    const { next } = one.model;
    if (next === undefined) {
      got('borrow', one, loan);
      loan.release();
      one.model.forgetPosition();
      return;
    }
    // A loan copies its envelope when it is asked for.
    const { envelope } = call.checksEnvelope ? loan : next.content;
    expectUnit('a loan', { bytes: loan.bytes, envelope }, next.content);
    one.loan = { loan, content: next.content };
  },
};

export const syncToNewest = {
  arguments: { by: index },
  async run(world: World, { by }: { by: number }) {
    const one = world.reader(by);
    if (one.reader.syncToNewest === undefined) return;
    one.reader.syncToNewest();
    one.loan = undefined;
    one.model.forgetPosition();
  },
};
