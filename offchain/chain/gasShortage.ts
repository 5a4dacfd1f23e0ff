/** An account that cannot pay the gas of what it sends, as nodes say it. */
import { isError } from "ethers";

/** Nothing was sent: whoever signed holds too little of the chain's own coin. */
export class GasShortageError extends Error {
  override readonly name = "GasShortageError";
  readonly code = "E_GAS_SHORTAGE";
}

/** What geth, Nethermind and Erigon say; Hardhat's node; Besu. */
const SAID = /insufficient funds|doesn't have enough funds|upfront cost exceeds/i;

/** Null if `error` says something else. */
export function gasShortageOf(error: unknown): GasShortageError | null {
  if (!(error instanceof Error)) return null;
  if (!isError(error, "INSUFFICIENT_FUNDS") && !SAID.test(error.message)) return null;
  const short = "the account that sends this cannot pay its gas";
  const remedy = "give it some of the chain's own coin first";
  return new GasShortageError(`${short}: ${remedy} (the node says: ${firstLine(error.message)})`);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}
