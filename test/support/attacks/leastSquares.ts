/** A few unknowns from many equations. */

/** x that makes Σ (rowₖ·x − valueₖ)² smallest; null if the rows do not determine it. */
export function leastSquares(
  rows: readonly (readonly number[])[],
  values: readonly number[],
): readonly number[] | null {
  const size = rows[0]?.length ?? 0;
  const normal = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => sumOf(rows, (row) => at(row, i) * at(row, j))),
    sumOf(rows, (row, k) => at(row, i) * at(values, k)),
  ]);
  for (let i = 0; i < size; i += 1) {
    const pivot = normal.reduce(
      (best, row, k) => (k >= i && isLarger(row, normal[best], i) ? k : best),
      i,
    );
    [normal[i], normal[pivot]] = [normal[pivot] ?? [], normal[i] ?? []];
    const row = normal[i] ?? [];
    if (Math.abs(at(row, i)) < 1e-12) return null;
    for (const [k, other] of normal.entries()) {
      if (k === i) continue;
      const factor = at(other, i) / at(row, i);
      normal[k] = other.map((entry, j) => entry - factor * at(row, j));
    }
  }
  return normal.map((row, i) => at(row, size) / at(row, i));
}

function isLarger(row: readonly number[], best: readonly number[] | undefined, i: number): boolean {
  return Math.abs(at(row, i)) > Math.abs(at(best ?? [], i));
}

function sumOf<T>(items: readonly T[], of: (item: T, k: number) => number): number {
  return items.reduce((sum, item, k) => sum + of(item, k), 0);
}

function at(numbers: readonly number[], k: number): number {
  return numbers[k] ?? 0;
}
