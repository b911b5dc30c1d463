/** What one did oneself since one looked: it is no news, and nobody is asked about it. */
import type { Commanded } from "@/api/commands";

export class OwnSteps {
  readonly #after = new Map<number, number>();

  /** The last version that differs from the one on the screen by one's own changes alone. */
  beyond(seen: number): number {
    let version = seen;
    for (let next = this.#after.get(version); next; next = this.#after.get(version)) version = next;
    return version;
  }

  /** A command was done by somebody who had seen this version. Another's change may lie between. */
  did(seen: number, { id, events }: Commanded): void {
    const own = events.filter((event) => event.ticket === id);
    const last = own.at(-1);
    if (last?.version === seen + own.length) this.#after.set(seen, last.version);
  }
}
