/** Which keys were pressed, written as an Action writes them; deaf while letters are composed. */

const MAC = /Mac|iP(hone|ad)/.test(navigator.userAgent);

/**
 * A key press as `Mod+Shift+k`, or null for one that is no shortcut.
 *
 * In the middle of a composition (Korean, Japanese, Chinese input) keys belong to the input method:
 * `isComposing`, and 229 where browsers report only that.
 */
export function chordOf(event: KeyboardEvent): string | null {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only sign of it in Safari
  if (event.isComposing || event.keyCode === 229) return null;
  if (["Control", "Shift", "Alt", "Meta", "Process", "Dead"].includes(event.key)) return null;
  const mod = MAC ? event.metaKey : event.ctrlKey;
  if (event.altKey || (MAC ? event.ctrlKey : event.metaKey)) return null;
  // With a Korean layout the key says ㄱ where the shortcut says r: the place of the key counts.
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  const key = letter && !/^[a-z]$/i.test(event.key) ? letter : event.key;
  const named = key.length === 1 ? key.toLowerCase() : key;
  const shift = event.shiftKey && (key.length > 1 || /^[a-z]$/i.test(key));
  return [mod && "Mod", shift && "Shift", named].filter(Boolean).join("+");
}

/** Whether keys typed there are meant for a text. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  const quiet = ["checkbox", "radio", "button", "submit", "range", "file", "color"];
  return target instanceof HTMLInputElement && !quiet.includes(target.type);
}

/** The parts of a shortcut as keycaps: `Mod+k` is ["Ctrl", "K"], `g t` is ["G", "T"]. */
export function keycaps(keys: string): string[] {
  const named: Record<string, string> = {
    Mod: MAC ? "⌘" : "Ctrl",
    Shift: "⇧",
    Enter: "↵",
    Escape: "Esc",
    ArrowUp: "↑",
    ArrowDown: "↓",
  };
  return keys
    .split(" ")
    .flatMap((chord) => chord.split("+"))
    .map((key) => named[key] ?? key.toUpperCase());
}
