/** How many of what there are, in words: "1 request", "2 requests". */

/** @param noun in the singular, whose plural ends in "s" */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
