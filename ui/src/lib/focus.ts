/** Whether nothing in particular has the focus, so that it can be taken from nobody. */
export function isFocusFree(): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || at.id === "content";
}

/** Where the focus goes when what had it is gone: to the page, so that keys and readers go on there. */
export function focusPage(): void {
  document.getElementById("content")?.focus({ preventScroll: true });
}

/** For dialogs: true lets them give the focus back to what had it, if that is still there. */
export function givesFocusBack(before: HTMLElement | null): boolean {
  if (before) return true;
  if (isFocusFree()) focusPage();
  return false;
}
