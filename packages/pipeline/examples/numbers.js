/** A generator function is a pipeline's module as well. This one breaks at the first round number. */
let broken = 0;

export default async function* ({ from }) {
  for (let number = from; ; number++) {
    if (number % 10 === 0 && broken++ === 0) {
      throw Object.assign(new RangeError(`${number} ends in 0`), { code: 'ERR_ROUND' });
    }
    yield number;
  }
}
