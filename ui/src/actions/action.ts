/** One thing that can be done here. Menus, the palette and shortcuts are all made of these. */
import type { LucideIcon } from "lucide-react";

export type Section = "ticket" | "queue" | "go" | "general";

export interface Action {
  /** Stable and unique, such as `ticket.assign-to-me`. */
  id: string;
  /** In the reader's language, as a sentence in the imperative. */
  label: string;
  section: Section;
  icon?: LucideIcon;
  /**
   * Keys: `r`, `Shift+a`, `Mod+k` (Ctrl, on a Mac Cmd), or one after the other: `g t`.
   * Keys without Mod are not heard while somebody types.
   */
  keys?: string;
  /** Further words that the palette finds it by. */
  words?: string;
  /** Shown, but it cannot be chosen now; the reason is said. */
  disabled?: string | undefined;
  run: () => void | Promise<void>;
}
