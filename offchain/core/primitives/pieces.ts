/** A list in pieces of `length`, in order; the last one may be shorter. */
export function inPieces<T>(items: readonly T[], length: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, k) =>
    items.slice(k * length, (k + 1) * length),
  );
}
