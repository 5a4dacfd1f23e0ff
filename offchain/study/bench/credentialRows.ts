/**
 * The operations of anonymous sessions, timed: what a vehicle, a station, the authority, a tracer
 * and the cashier compute, and what they send.
 */
import { coinOperations } from "./coinOperations.ts";
import { credentialOperations } from "./credentialOperations.ts";
import { measureOperation, type Bench, type OperationsPlan } from "./operations.ts";
import type { CredentialRow } from "./benchReport.ts";

/** Bits of the field that BLS12-381 is over. */
const FIELD_BITS = 381;

/** A row for every operation. @throws DisagreementError; the reason of the signal */
export async function measureCredentials(
  { effort }: Pick<OperationsPlan, "effort">,
  bench: Pick<Bench, "rng" | "progress" | "nowMs" | "signal">,
): Promise<readonly CredentialRow[]> {
  bench.progress.say("operations of credentials and coins");
  const operations = [...(await credentialOperations(bench.rng)), ...coinOperations(bench.rng)];
  const rows: CredentialRow[] = [];
  for (const [done, operation] of operations.entries()) {
    bench.progress.update(`credentials: ${operation.name}`, done, operations.length);
    const row = await measureOperation(operation, FIELD_BITS, effort, bench);
    const { oursMs, limitMs, unavoidable, how, samples } = row;
    const { name, bytes } = operation;
    rows.push({ operation: name, oursMs, limitMs, bytes, unavoidable, how, samples });
  }
  bench.progress.update("credentials", operations.length, operations.length);
  return rows;
}
