/**
 * Everything that a chain has ever been shown: the input of every transaction and every log, with
 * what it belongs to.
 */
import type { Market } from "../../../offchain/chain/market.ts";

export interface Shown {
  /** `Contract.function` of a transaction, `Contract.Event` of a log. */
  readonly where: string;
  /** Lower-case hexadecimal without 0x. */
  readonly hex: string;
}

/** A value that must not be seen, in all the ways it could be written. */
export interface Secret {
  readonly name: string;
  readonly hex: readonly string[];
}

/** From the first block to the latest. */
export async function trafficOf(market: Market): Promise<readonly Shown[]> {
  const { provider } = market;
  const shown: Shown[] = [];
  const latest = await provider.getBlockNumber();
  for (let height = 0; height <= latest; height += 1) {
    const block = await provider.getBlock(height, true);
    for (const { to, data } of block?.prefetchedTransactions ?? []) {
      shown.push({ where: callOf(market, to, data), hex: data.slice(2).toLowerCase() });
    }
    for (const log of await provider.getLogs({ fromBlock: height, toBlock: height })) {
      const hex = [...log.topics, log.data].map((part) => part.slice(2)).join("");
      shown.push({ where: eventOf(market, log), hex: hex.toLowerCase() });
    }
  }
  return shown;
}

/** `name in where` for every secret that is seen, each once. */
export function leaks(shown: readonly Shown[], secrets: readonly Secret[]): readonly string[] {
  const found = secrets.flatMap(({ name, hex }) =>
    shown
      .filter((one) => hex.some((text) => one.hex.includes(text)))
      .map(({ where }) => `${name} in ${where}`),
  );
  return [...new Set(found)];
}

/** Bytes of a key or a salt, as hexadecimal with 0x. */
export function bytesSecret(name: string, bytes: string): Secret {
  return { name, hex: [bytes.slice(2).toLowerCase()] };
}

/** A number too large to be met by chance. */
export function largeSecret(name: string, value: bigint): Secret {
  return { name, hex: [value.toString(16)] };
}

/** A small number: as the word that the ABI makes of it, or as packed 64 bits. */
export function smallSecret(name: string, value: bigint): Secret {
  return { name, hex: [64, 16].map((digits) => value.toString(16).padStart(digits, "0")) };
}

/** Two coordinates: as words one by one, or packed into 16 bits each. */
export function positionSecret(
  name: string,
  { xM, yM }: { readonly xM: number; readonly yM: number },
): Secret {
  const packed = [xM, yM].map((metres) => metres.toString(16).padStart(4, "0"));
  const words = packed.map((text) => text.padStart(16, "0"));
  return { name, hex: [...words, packed.join(""), packed.toReversed().join("")] };
}

/** `Contract.function` that a transaction calls. */
export function callOf({ known }: Market, to: string | null, data: string): string {
  const target = known.find(({ address }) => address === to);
  if (target === undefined) return to === null ? "deployment" : "another account";
  return `${target.name}.${target.interface.getFunction(data.slice(0, 10))?.name ?? "?"}`;
}

/** `Contract.Event` of a log. */
export function eventOf(
  { known }: Market,
  { address, topics }: { readonly address: string; readonly topics: readonly string[] },
): string {
  const emitter = known.find((contract) => contract.address === address);
  const [topic] = topics;
  const event = topic === undefined ? null : emitter?.interface.getEvent(topic);
  return `${emitter?.name ?? "another"}.${event?.name ?? "?"}`;
}
