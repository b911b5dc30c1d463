import { keycaps } from "./keys";
import { Kbd } from "@/components/kbd";

/** The keys of an action, drawn as keys. */
export function Keycaps({ keys }: { keys: string }) {
  return (
    <span aria-hidden="true" style={{ whiteSpace: "nowrap" }}>
      {keycaps(keys).map((cap, n) => (
        <Kbd key={n}>{cap}</Kbd>
      ))}
    </span>
  );
}
