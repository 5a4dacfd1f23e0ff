/**
 * The mint's book: what was issued, and which coins came back, a page for each epoch. It is a store
 * and no value, because taking a coin is a question and an answer in one step: of two payments with
 * one coin, at whatever times they come, one is taken. A deployment keeps it in a database that
 * refuses a second entry of a coin.
 *
 * The book also keeps the latest epoch that the mint has been in, for as long as the mint's key is
 * used. An epoch only rises, whatever a clock says after a restart: the page on which a coin was
 * taken is gone once its epoch is over, and in an earlier epoch the coin would be taken again.
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

/** Coins are taken; or one of them was before; or the book has been in a later epoch. */
export type SpendVerdict = "taken" | "spent" | "past";

export interface MintBook {
  /**
   * Notes coins that are paid for by something else than coins. False, with nothing noted, if the
   * book has been in a later epoch than theirs.
   */
  readonly issue: (issued: IssuedCoins) => Promise<boolean>;
  /**
   * Takes coins in an epoch of the mint, and notes what is issued in exchange for them (null for
   * nothing): all of it in one step, or nothing. Unless they are taken, nothing is noted.
   */
  readonly spend: (
    epoch: number,
    coins: readonly SpentCoin[],
    issued: IssuedCoins | null,
  ) => Promise<SpendVerdict>;
  /**
   * What the mint owes to the holders of its coins, in token units: issued less taken, over all
   * pages.
   */
  readonly owedUnits: () => Promise<bigint>;
  /**
   * Begins an epoch of the mint, and drops the pages of the epochs before `firstTaken`. Returns
   * what was still owed on them, in token units; null, with nothing changed, if the book has been
   * in a later epoch.
   */
  readonly beginEpoch: (epoch: number, firstTaken: number) => Promise<bigint | null>;
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
  let latest = 0;
  /** False for an epoch before the latest; otherwise it is the latest. */
  const enter = (epoch: number): boolean => {
    if (epoch < latest) return false;
    latest = epoch;
    return true;
  };
  const note = ({ epoch, units }: IssuedCoins): void => {
    pageOf(epoch).issuedUnits += units;
  };
  // Nothing is awaited between question and entry.
  const spend = (
    epoch: number,
    coins: readonly SpentCoin[],
    issued: IssuedCoins | null,
  ): SpendVerdict => {
    if (!enter(epoch)) return "past";
    if (coins.some((coin) => pageOf(coin.epoch).spent.has(coin.id))) return "spent";
    for (const coin of coins) {
      const page = pageOf(coin.epoch);
      page.spent.add(coin.id);
      page.redeemedUnits += coin.units;
    }
    if (issued !== null) note(issued);
    return "taken";
  };
  return {
    issue: (issued) => {
      const isNow = enter(issued.epoch);
      if (isNow) note(issued);
      return Promise.resolve(isNow);
    },
    spend: (epoch, coins, issued) => Promise.resolve(spend(epoch, coins, issued)),
    owedUnits: () => Promise.resolve(owedOn([...pages.values()])),
    beginEpoch: (epoch, firstTaken) => {
      if (!enter(epoch)) return Promise.resolve(null);
      const closed = [...pages].filter(([one]) => one < firstTaken);
      for (const [one] of closed) pages.delete(one);
      return Promise.resolve(owedOn(closed.map(([, page]) => page)));
    },
  };
}

function owedOn(pages: readonly MintPage[]): bigint {
  const owed = pages.map((page) => page.issuedUnits - page.redeemedUnits);
  return owed.reduce((sum, units) => sum + units, 0n);
}
