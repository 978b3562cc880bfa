const two = (number: number) => String(number).padStart(2, "0");

/** A moment as `datetime-local` fields write it, in the reader's zone; empty for none. */
export function toLocal(at: number | null): string {
  if (at === null) return "";
  const date = new Date(at);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What such a field says; null for nothing, or for what is no time. */
export function fromLocal(text: string): number | null {
  const at = new Date(text).getTime();
  return Number.isNaN(at) ? null : at;
}
