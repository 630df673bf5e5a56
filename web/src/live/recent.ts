/**
 * The latest events of the stream, by position. A list that a GET answers is true at a position; what
 * the stream told after it is folded over the list, so that between the two there is no hole.
 */
import type { EventId, StreamEvent } from "slipway-client";

import { isAfter } from "./position";

export interface Told {
  id: EventId;
  event: StreamEvent;
}

const KEPT = 2_000;

export class Recent {
  /** Everything after it is in `told`, up to where the stream is. */
  #since: EventId | undefined;
  #told: Told[] = [];

  /** The stream begins, or goes on after a gap, at `position`. */
  begin(position: EventId): void {
    this.#since = position;
    this.#told = [];
  }

  add(told: Told): void {
    this.#told.push(told);
    if (this.#told.length > KEPT) this.#since = this.#told.shift()?.id;
  }

  /** The events after `position`, or undefined when some of them may be missing here. */
  after(position: EventId): readonly Told[] | undefined {
    if (this.#since === undefined || isAfter(this.#since, position) !== false) return undefined;
    return this.#told.filter((told) => isAfter(told.id, position) === true);
  }

  /** Everything that is kept, the oldest first. */
  get all(): readonly Told[] {
    return this.#told;
  }
}

/** What the one stream of this page told. */
export const recent = new Recent();
