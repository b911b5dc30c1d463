/** What can be done on the page as it stands: pages tell their actions while they are shown. */
import {
  createContext,
  use,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from "react";
import type { Action } from "./action";
import { chordOf, isTyping } from "./keys";

/** Milliseconds in which the second key of a sequence has to follow. */
const SEQUENCE = 1000;

class Registry {
  #groups = new Map<symbol, readonly Action[]>();
  #all: readonly Action[] = [];
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Latest first: what a page on top says comes before what lies below. */
  readonly all = (): readonly Action[] => this.#all;

  put(group: symbol, actions: readonly Action[]): void {
    this.#groups.set(group, actions);
    this.#tell();
  }

  remove(group: symbol): void {
    this.#groups.delete(group);
    this.#tell();
  }

  #tell(): void {
    const seen = new Set<string>();
    this.#all = [...this.#groups.values()]
      .reverse()
      .flat()
      .filter((action) => !seen.has(action.id) && seen.add(action.id));
    for (const listener of this.#listeners) listener();
  }
}

const RegistryContext = createContext<Registry | null>(null);

function useRegistry(): Registry {
  const registry = use(RegistryContext);
  if (!registry) throw new Error("Actions need <Actions> around them.");
  return registry;
}

/** Keeps the actions, and hears the keys. */
export function Actions({ children }: { children: ReactNode }) {
  const [registry] = useState(() => new Registry());
  useEffect(() => {
    let first: { chord: string; at: number } | null = null;
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const chord = chordOf(event);
      if (!chord || (isTyping(event.target) && !chord.startsWith("Mod+"))) return;
      // A dialog has the page to itself: only what is said to work everywhere goes on.
      const dialog = document.querySelector(
        "[role=dialog][data-open], [role=alertdialog][data-open]",
      );
      if (dialog && !chord.startsWith("Mod+")) return;
      const begun =
        first && event.timeStamp - first.at < SEQUENCE ? `${first.chord} ${chord}` : null;
      const found = registry
        .all()
        .find(
          (action) => action.keys !== undefined && (action.keys === begun || action.keys === chord),
        );
      first = { chord, at: event.timeStamp };
      if (!found || found.disabled) return;
      event.preventDefault();
      first = null;
      void found.run();
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [registry]);
  return <RegistryContext value={registry}>{children}</RegistryContext>;
}

/** Offer these while the component is shown. */
export function useActions(actions: readonly Action[]): void {
  const registry = useRegistry();
  const group = useMemo(() => Symbol("actions"), []);
  const latest = useRef(actions);
  useLayoutEffect(() => {
    latest.current = actions;
  });
  // What an action does may change with each rendering; the palette needs to hear only of what shows.
  const shown = actions.map((a) => [a.id, a.label, a.keys, a.disabled].join("\n")).join("\n\n");
  useEffect(() => {
    registry.put(
      group,
      latest.current.map((action) => ({
        ...action,
        run: () => latest.current.find((now) => now.id === action.id)?.run(),
      })),
    );
  }, [registry, group, shown]);
  useEffect(() => () => registry.remove(group), [registry, group]);
}

/** Everything that can be done now, one entry per id. */
export function useAllActions(): readonly Action[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.subscribe, registry.all);
}
