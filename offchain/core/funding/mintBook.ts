/**
 * The mint's book: what was issued, and which coins came back, a page for each epoch. It is a store
 * and no value, because taking a coin is a question and an answer in one step: of two payments with
 * one coin, at whatever times they come, one is taken. A deployment keeps it in a database that
 * refuses a second entry of a coin.
 */
import type { Hex } from "../primitives/bytes.ts";

/** Coins that were issued together. */
export interface IssuedCoins {
  readonly epoch: number;
  /** What they are worth, in token units. */
  readonly units: bigint;
}

/** A coin as the book knows it. */
export interface SpentCoin {
  readonly epoch: number;
  /** Of `coinId`. */
  readonly id: Hex;
  /** What it is worth, in token units. */
  readonly units: bigint;
}

export interface MintBook {
  /** Notes coins that are paid for by something else than coins. */
  readonly issue: (issued: IssuedCoins) => Promise<void>;
  /**
   * Takes coins, and notes what is issued in exchange for them (null for nothing): all of it in one
   * step, or nothing. False, with nothing noted, if one of the coins was taken before.
   */
  readonly spend: (coins: readonly SpentCoin[], issued: IssuedCoins | null) => Promise<boolean>;
  /**
   * What the mint owes to the holders of its coins, in token units: issued less taken, over all
   * pages.
   */
  readonly owedUnits: () => Promise<bigint>;
  /**
   * Drops the pages of the epochs before `epoch`. Returns what was still owed on them, in token
   * units.
   */
  readonly closeBefore: (epoch: number) => Promise<bigint>;
}

interface MintPage {
  issuedUnits: bigint;
  redeemedUnits: bigint;
  readonly spent: Set<Hex>;
}

/** The book in memory, of a mint that has not issued anything; for tests and for one process. */
export function memoryMintBook(): MintBook {
  const pages = new Map<number, MintPage>();
  const pageOf = (epoch: number): MintPage => {
    const page = pages.get(epoch) ?? { issuedUnits: 0n, redeemedUnits: 0n, spent: new Set() };
    pages.set(epoch, page);
    return page;
  };
  const note = ({ epoch, units }: IssuedCoins): void => {
    pageOf(epoch).issuedUnits += units;
  };
  return {
    issue: (issued) => {
      note(issued);
      return Promise.resolve();
    },
    // Nothing is awaited between question and entry.
    spend: (coins, issued) => {
      if (coins.some(({ epoch, id }) => pageOf(epoch).spent.has(id))) return Promise.resolve(false);
      for (const { epoch, id, units } of coins) {
        const page = pageOf(epoch);
        page.spent.add(id);
        page.redeemedUnits += units;
      }
      if (issued !== null) note(issued);
      return Promise.resolve(true);
    },
    owedUnits: () => Promise.resolve(owedOn([...pages.values()])),
    closeBefore: (epoch) => {
      const closed = [...pages].filter(([one]) => one < epoch);
      for (const [one] of closed) pages.delete(one);
      return Promise.resolve(owedOn(closed.map(([, page]) => page)));
    },
  };
}

function owedOn(pages: readonly MintPage[]): bigint {
  const owed = pages.map((page) => page.issuedUnits - page.redeemedUnits);
  return owed.reduce((sum, units) => sum + units, 0n);
}
