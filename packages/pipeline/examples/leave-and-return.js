/** An error, a loop left early and a loop after that, over one process and without an arena. */
import { runInSubprocess } from '@arena/pipeline';

const numbers = runInSubprocess(new URL('./numbers.js', import.meta.url), { args: { from: 8 } });

try {
  for await (const number of numbers) console.log(number);
} catch (error) {
  console.log(`${error.code}: ${error.message}`);
}

for await (const number of numbers) {
  console.log(number);
  if (number === 11) break;
}

await numbers.close();
