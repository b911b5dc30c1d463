import { useCallback } from "react";
import { useFormatter } from "use-intl";

/** How large a file is, as people say it: bytes in, `1.4 MB` out. */
export function useFileSize(): (bytes: number) => string {
  const format = useFormatter();
  return useCallback(
    (bytes: number) => {
      const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
      const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
      return format.number(bytes / 1_000 ** step, {
        style: "unit",
        unit: units[step] ?? "byte",
        unitDisplay: "short",
        maximumFractionDigits: step > 1 ? 1 : 0,
      });
    },
    [format],
  );
}
