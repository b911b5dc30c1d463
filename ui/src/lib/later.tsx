/** Parts of a page that nobody needs at first: fetched when the page has come to rest. */
import { useEffect, useState, type ComponentType } from "react";

/** So long after the page is there; milliseconds. */
const REST = 700;

interface Openable {
  open: boolean;
}

/**
 * The same dialog, whose code comes a moment after the page, or as soon as it is opened. What
 * cannot be fetched now, as the desk is away, is fetched when it is opened the next time.
 */
export function later<Props extends Openable>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  return function Later(props: Props) {
    const [loaded, setLoaded] = useState<{ Dialog: ComponentType<Props> } | null>(null);
    const { open } = props;
    const isLoaded = loaded !== null;
    useEffect(() => {
      if (isLoaded) return;
      const timer = setTimeout(
        () =>
          void load().then(
            (Dialog) => setLoaded({ Dialog }),
            () => undefined,
          ),
        open ? 0 : REST,
      );
      return () => clearTimeout(timer);
    }, [isLoaded, open]);
    return loaded && <loaded.Dialog {...props} />;
  };
}
