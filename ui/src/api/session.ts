/** Whether somebody is signed in here, for all that has to know. */

export type Standing = "unknown" | "in" | "out" | "expired";

type Listener = () => void;

/** The browser keeps the session in a cookie that no script can read; this is what is known of it. */
class Session {
  /** Goes along with every change; the page gets it when signing in and from `/me`. */
  csrf: string | null = null;
  /** How far the views had come before anything was read here: what comes later is news. */
  position: string | null = null;
  standing: Standing = "unknown";
  readonly #listeners = new Set<Listener>();

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly look = (): Standing => this.standing;

  enter(csrf: string | null, position: string | null = null): void {
    this.csrf = csrf;
    this.position = position ?? this.position;
    this.#become("in");
  }

  leave(): void {
    this.csrf = null;
    this.position = null;
    this.#become("out");
  }

  /** The API knows the session no longer. Who was at work is asked to sign in over the page. */
  expire(): void {
    this.#become(this.standing === "in" || this.standing === "expired" ? "expired" : "out");
  }

  #become(standing: Standing): void {
    if (standing === this.standing) return;
    this.standing = standing;
    for (const listener of this.#listeners) listener();
  }
}

export const session = new Session();
