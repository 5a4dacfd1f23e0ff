/** Worker threads for the length of a command: as many as the machine runs at once. */
import { availableParallelism } from "node:os";
import { onThreads, type EverybodysWork } from "../../offchain/market/work.ts";

/** Runs `act` with worker threads, which end with it. */
export async function withWorkers<T>(
  signal: AbortSignal,
  act: (work: EverybodysWork) => Promise<T>,
): Promise<T> {
  const pool = onThreads(availableParallelism(), signal);
  try {
    return await act(pool);
  } finally {
    await pool.close();
  }
}
