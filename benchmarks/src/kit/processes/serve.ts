import { messageOf } from '@arena/shm-core/internal';
import { type Answer, type Call, type Functions, isCall } from './messages.js';

const send = (answer: Answer) => void process.send?.(answer);

async function answer(functions: Functions, { call, name, request }: Call): Promise<void> {
  try {
    const work = functions[name];
    if (!work) throw new Error(`this process has no function "${name}"`);
    const tell = (news: unknown) => send({ answers: call, news });
    send({ answers: call, reply: await work(request as never, tell as never) });
  } catch (error) {
    send({ answers: call, failure: messageOf(error) });
  }
}

/** Offers `functions` to the process that started this one. This process ends with that one. */
export function serve(functions: Functions): void {
  // Exit at once: the results are not needed any more, and open endpoints would keep this process alive for
  // ever.
  process.once('disconnect', () => process.exit());
  process.on('message', (message) => {
    if (isCall(message)) void answer(functions, message);
  });
}
