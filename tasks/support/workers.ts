/** Worker threads for the length of a command: as many as the machine runs at once. */
import { availableParallelism } from "node:os";
import type { HeavyWork } from "../../offchain/market/workers/heavyWork.ts";
import { onWorkers } from "../../offchain/market/workers/workerPool.ts";

/** Runs `act` with worker threads, which end with it. */
export async function withWorkers<T>(
  signal: AbortSignal,
  act: (work: HeavyWork) => Promise<T>,
): Promise<T> {
  const pool = onWorkers(availableParallelism(), signal);
  try {
    return await act(pool);
  } finally {
    await pool.close();
  }
}
