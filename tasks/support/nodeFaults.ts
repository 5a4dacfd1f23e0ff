/**
 * A node that breaks off, or answers with an error of the web: no bug of ours, and nothing about it
 * helps whoever reads a stack. What Hardhat says of it names the node's address, in which providers
 * put the key of a customer, or repeats a page of the web.
 */

/** By the name of what Hardhat's provider throws, and its code or number. */
const FAULTS: ReadonlyMap<string, string> = new Map([
  ["UnknownError -1", "has broken off, or answers with an error"],
  ["LimitExceededError -32005", "answers no more questions, there were too many"],
  ["HardhatError 702", "answers what no node would"],
]);

/** What the node did, as a sentence; null for any other error. */
export function nodeFault(error: unknown): string | null {
  const what = faultOf(error);
  if (what === null) return null;
  // Twice deposited is deposited twice: whatever was sent may be on chain, answered or not.
  return `the node ${what}: what was sent may stand, see what came of it before you run this again`;
}

/** The same of the first question to a node, before which nothing was sent. */
export function firstFault(error: unknown, networkName: string): string | null {
  const what = faultOf(error);
  if (what === null) return null;
  const remedy = "nothing was sent; see whether it runs, and whether its address is right";
  return `network ${networkName} names no node, or one that ${what}: ${remedy}`;
}

function faultOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code, number } = error as { readonly code?: unknown; readonly number?: unknown };
  return FAULTS.get(`${error.name} ${String(code ?? number)}`) ?? null;
}
