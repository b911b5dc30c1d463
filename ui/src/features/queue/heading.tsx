/** The head of a column, by which the list can be sorted. */
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { SORTS, type ColumnName } from "./columns";
import styles from "./table.module.css";
import type { Wanted } from "./wanted";

interface HeadingProps {
  name: ColumnName;
  wanted: Wanted;
  onSort: (sort: string, direction: "asc" | "desc") => void;
  children: ReactNode;
}

export function Heading({ name, wanted, onSort, children }: HeadingProps) {
  const sort = SORTS[name];
  const sorted = sort !== undefined && wanted.sort === sort;
  const descending = wanted.direction === "desc";
  if (!sort)
    return (
      <span role="columnheader" className={styles["heading"]}>
        {children}
      </span>
    );
  return (
    <span
      role="columnheader"
      aria-sort={sorted ? (descending ? "descending" : "ascending") : "none"}
      className={styles["heading"]}
    >
      <button
        type="button"
        className={styles["sort"]}
        onClick={() => onSort(sort, sorted && !descending ? "desc" : "asc")}
      >
        {children}
        {sorted &&
          (descending ? (
            <ArrowDown aria-hidden="true" size={13} />
          ) : (
            <ArrowUp aria-hidden="true" size={13} />
          ))}
      </button>
    </span>
  );
}
