/** The time that the next transaction is going to be judged by. */
import { z } from "zod";
import type { Market } from "./market.ts";

/** A pending block has no number and no hash yet, which is why it is read by hand. */
const blockTime = z.object({ timestamp: z.string().transform(Number) });

/** Unix seconds of the pending block. On a chain that mines when somebody sends the latest one may be hours old. */
export async function pendingSeconds({ provider }: Pick<Market, "provider">): Promise<number> {
  const pending = await provider.send("eth_getBlockByNumber", ["pending", false]);
  return blockTime.parse(pending).timestamp;
}
