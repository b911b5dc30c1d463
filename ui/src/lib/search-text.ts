/** What stands behind the `?` of an address: plain words, a repeated one for each of its values. */

export type SearchValues = Record<string, string | string[]>;

export function readSearch(text: string): SearchValues {
  const found: SearchValues = {};
  for (const [name, value] of new URLSearchParams(text)) {
    const before = found[name];
    found[name] =
      before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return found;
}

export function writeSearch(values: Record<string, unknown>): string {
  const written = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null && one !== "") written.append(name, String(one));
  const text = written.toString();
  return text && `?${text}`;
}

/** All values of one name. */
export function valuesOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map(String);
}
