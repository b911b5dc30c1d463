/** Instants that people name, by the clock on their wall. */

export function inAnHour(now: Date): Date {
  const then = new Date(now);
  then.setHours(then.getHours() + 1, then.getMinutes(), 0, 0);
  return then;
}

/** The next day at nine. */
export function tomorrow(now: Date): Date {
  const then = new Date(now);
  then.setDate(then.getDate() + 1);
  then.setHours(9, 0, 0, 0);
  return then;
}

/** The Monday after today at nine. */
export function nextMonday(now: Date): Date {
  const then = new Date(now);
  then.setDate(then.getDate() + ((8 - then.getDay()) % 7 || 7));
  then.setHours(9, 0, 0, 0);
  return then;
}

/** As `<input type="datetime-local">` wants it, to the minute. */
export function localInput(at: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}
