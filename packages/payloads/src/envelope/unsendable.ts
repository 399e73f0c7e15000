/** Thrown by a built-in codec for a value that it cannot encode; the encoder adds where it is. */
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
