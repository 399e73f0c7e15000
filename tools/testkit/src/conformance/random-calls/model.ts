/** What an arena must do: a list of units, and a position for each reader. */
import type { UnitContent } from './unit-content.js';

/** A unit that has a place in the order. Readers wait behind an open one, and pass one that was given up. */
export interface Place {
  content: UnitContent;
  state: 'open' | 'committed' | 'given up';
  /** A reader has it. Only in an arena that gives each unit to one reader. */
  taken: boolean;
}

export class Model {
  readonly places: Place[] = [];
  #numbers = 0;

  /** @param broadcast Every reader gets every unit. */
  constructor(readonly broadcast: boolean) {}

  /** A number that no other unit has. */
  newNumber(): number {
    return this.#numbers++;
  }

  add(content: UnitContent, state: Place['state']): Place {
    const place: Place = { content, state, taken: false };
    this.places.push(place);
    return place;
  }

  get committed(): number {
    return this.places.filter(({ state }) => state === 'committed').length;
  }

  /** The index of the unit that a reader at `position` gets next. */
  next(position: number): number | undefined {
    for (let index = position; index < this.places.length; index++) {
      const { state, taken } = this.places[index] as Place;
      if (state === 'open') return undefined;
      if (state === 'committed' && !taken) return index;
    }
    return undefined;
  }
}

/** The view that one reader has of the units. */
export class ModelReader {
  /**
   * The index of the first unit that it has not passed. Undefined until it has read: where it starts depends
   * on the units that were kept when it came.
   */
  #position: number | undefined;

  constructor(
    private readonly model: Model,
    position?: number,
  ) {
    this.#position = model.broadcast ? position : 0;
  }

  get isKnown(): boolean {
    return this.#position !== undefined;
  }

  /** The next unit; undefined where there is none, or where the position is not known. */
  get next(): Place | undefined {
    const index = this.#position === undefined ? undefined : this.model.next(this.#position);
    return index === undefined ? undefined : this.model.places[index];
  }

  get unread(): number {
    return this.model.places.slice(this.#position).filter(({ state }) => state === 'committed')
      .length;
  }

  /** The reader got a unit that passes `is`. Returns its place, which was the next. */
  pass(is: (content: UnitContent) => boolean): Place {
    if (this.#position === undefined) return this.#findPosition(is);
    const index = this.model.next(this.#position);
    if (index === undefined) throw new Error('a unit came, and none was there');
    const place = this.model.places[index] as Place;
    if (this.model.broadcast) this.#position = index + 1;
    else place.taken = true;
    return place;
  }

  /** Overwriting writers took `count` units from the reader. */
  lose(count: number): void {
    if (this.#position === undefined) return;
    for (let left = count; left > 0; this.#position++) {
      const place = this.model.places[this.#position];
      if (place === undefined || place.state === 'open') {
        throw new Error(`${count} units were reported as lost, and ${count - left} could be`);
      }
      if (place.state === 'committed') left--;
    }
  }

  /** The reader has moved, and the model does not know where to. */
  forgetPosition(): void {
    if (this.model.broadcast) this.#position = undefined;
  }

  /** Several units may have the same content, for instance none. Then the position stays unknown. */
  #findPosition(is: (content: UnitContent) => boolean): Place {
    const found = this.model.places.filter(
      ({ state, content }) => state === 'committed' && is(content),
    );
    const [place] = found;
    if (place === undefined) throw new Error('a unit came that no writer has committed');
    if (found.length === 1) this.#position = this.model.places.indexOf(place) + 1;
    return place;
  }
}
