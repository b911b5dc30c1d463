/** Where the reader of a conversation is: at its end, on the way back, or somewhere between. */
import {
  Component,
  useCallback,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type RefObject,
} from "react";
import { keyOf, type Entry } from "@/api/conversation";

/** Pixels from the end within which somebody reads the end. */
const NEAR = 80;
/** Pixels from the beginning within which who scrolls back wants to go on. */
const AHEAD = 1_200;

/**
 * Stays at the end for who reads there; to others it says that there is more. Who scrolls back
 * towards the beginning is told to `onBack`.
 */
export function useReading(entries: readonly Entry[], onBack: () => void) {
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const last = entries.at(-1);
  const newest = last && keyOf(last);
  const [read, setRead] = useState(newest);
  const said = entries.findLast((entry) => entry.kind !== "event");
  const toEnd = useCallback(() => {
    const box = scroller.current;
    if (box) box.scrollTop = box.scrollHeight;
    atEnd.current = true;
    setRead(newest);
  }, [newest]);
  /** Somebody goes elsewhere: what comes in or grows does not take them back to the end. */
  const leaveEnd = useCallback(() => {
    atEnd.current = false;
  }, []);
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [toEnd]);
  const looked = useEffectEvent((isAtEnd: boolean, isBack: boolean) => {
    if (isAtEnd) setRead(newest);
    if (isBack) onBack();
  });
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    let from = box.scrollTop;
    const look = () => {
      atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      looked(atEnd.current, box.scrollTop < from && box.scrollTop < AHEAD);
      from = box.scrollTop;
    };
    box.addEventListener("scroll", look, { passive: true });
    // Images and the composer change the heights: who reads the end stays there.
    const grown = new ResizeObserver(() => {
      if (atEnd.current) box.scrollTop = box.scrollHeight;
    });
    grown.observe(box);
    for (const child of box.children) grown.observe(child);
    return () => {
      box.removeEventListener("scroll", look);
      grown.disconnect();
    };
  }, []);
  const below = read !== newest && said !== undefined && keyOf(said) === newest;
  return { scroller, below, toEnd, leaveEnd };
}

interface KeepPlaceProps {
  scroller: RefObject<HTMLElement | null>;
  /** Key of the first thing that is shown. */
  first: string | undefined;
  children: ReactNode;
}

interface Place {
  element: Element;
  top: number;
}

/**
 * What is read stays where it is when something comes in above. Browsers see to that by themselves,
 * but not all of them, and none at the very beginning. It is a class because the place has to be
 * taken right before the page changes.
 */
export class KeepPlace extends Component<KeepPlaceProps> {
  override getSnapshotBeforeUpdate(before: KeepPlaceProps): Place | null {
    const box = this.props.scroller.current;
    if (!box || before.first === this.props.first) return null;
    const { top } = box.getBoundingClientRect();
    for (const element of box.querySelectorAll("[data-block]")) {
      const place = element.getBoundingClientRect();
      if (place.bottom > top) return { element, top: place.top };
    }
    return null;
  }

  override componentDidUpdate(_before: KeepPlaceProps, _state: unknown, place: Place | null): void {
    const box = this.props.scroller.current;
    if (box && place?.element.isConnected)
      box.scrollTop += place.element.getBoundingClientRect().top - place.top;
  }

  override render(): ReactNode {
    return this.props.children;
  }
}
