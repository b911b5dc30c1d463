/** Parts of a page that nobody needs at first: fetched when the page has come to rest. */
import { lazy, Suspense, useEffect, useState, type ComponentType } from "react";

/** So long after the page is there; milliseconds. */
const REST = 700;

interface Openable {
  open: boolean;
}

/** The same dialog, whose code comes a moment after the page, or as soon as it is opened. */
export function later<Props extends Openable>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const Loaded = lazy(async () => ({ default: await load() }));
  return function Later(props: Props) {
    const [wanted, setWanted] = useState(props.open);
    useEffect(() => {
      const timer = setTimeout(() => setWanted(true), REST);
      return () => clearTimeout(timer);
    }, []);
    if (!wanted && !props.open) return null;
    return (
      <Suspense fallback={null}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
