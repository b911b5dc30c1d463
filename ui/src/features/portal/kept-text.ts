import { useState } from "react";

/** A text that survives a reload: kept in this browser until it is forgotten. */
export function useKeptText(name: string): [string, (text: string) => void, () => void] {
  const key = `chronodesk.text.${name}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? "");
  const change = (changed: string) => {
    setText(changed);
    if (changed) localStorage.setItem(key, changed);
    else localStorage.removeItem(key);
  };
  return [text, change, () => change("")];
}
