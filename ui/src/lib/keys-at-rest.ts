import { useEffect, useRef, useState } from "react";

/** Milliseconds without a key after which somebody who types has paused. */
const PAUSE = 1_000;

/** True while `wanted`, from the first pause of the hands on: what takes the focus then takes no letters. */
export function useOnceKeysRest(wanted: boolean): boolean {
  const [rested, setRested] = useState(false);
  const last = useRef(-Infinity);
  useEffect(() => {
    const note = () => {
      last.current = performance.now();
    };
    window.addEventListener("keydown", note, true);
    return () => window.removeEventListener("keydown", note, true);
  }, []);
  useEffect(() => {
    if (!wanted) return;
    let timer = 0;
    const look = () => {
      const left = last.current + PAUSE - performance.now();
      if (left <= 0) setRested(true);
      else timer = window.setTimeout(look, left);
    };
    look();
    return () => {
      window.clearTimeout(timer);
      setRested(false);
    };
  }, [wanted]);
  return wanted && rested;
}
