/** Which failure of a round says why it has ended, when both servers have failed. */

/**
 * It says no more than that the other server has ended the line, or is not there: whatever was
 * found at that server says why.
 */
export function isEcho(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, "fromPeer") === true;
}

/**
 * Why a round has ended of which both sides are over: what one server has found itself, ahead of
 * what the other was told. Undefined if neither has failed.
 */
export function reasonOf(sides: readonly PromiseSettledResult<unknown>[]): unknown {
  const thrown = sides.flatMap((side) =>
    side.status === "rejected" ? [side.reason as unknown] : [],
  );
  return thrown.find((error) => !isEcho(error)) ?? thrown[0];
}
