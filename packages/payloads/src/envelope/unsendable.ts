/** A built-in codec throws this for a value that it cannot encode. The encoder adds the path. */
export class Unsendable extends Error {
  /**
   * @param what Completes "item.x is ...".
   * @param remedy A sentence without its full stop.
   */
  constructor(
    readonly what: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(what, options);
  }
}
