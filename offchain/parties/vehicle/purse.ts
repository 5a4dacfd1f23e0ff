/**
 * A vehicle's purse: the coins that it holds, and what it has asked for. What is asked for is kept
 * before the request leaves, and coins are set aside before they are shown: an interrupted exchange
 * leaves what proves it, and no coin is shown twice.
 */
import { coinId, type Coin } from "../../core/funding/coin.ts";
import type { PendingCoins } from "../../core/funding/purse.ts";
import type { Rng } from "../../core/primitives/random.ts";

/** Coins that are given, and those that are asked for in one step. */
export interface CoinExchange {
  /** None where something else than coins is given. */
  readonly paid: readonly Coin[];
  readonly pending: PendingCoins;
}

export interface Purse {
  /** What can be paid with. */
  readonly coins: () => Promise<readonly Coin[]>;
  /**
   * Sets the coins aside and keeps what is asked for. False, with nothing changed, if one of them
   * is not there any more.
   */
  readonly begin: (exchange: CoinExchange) => Promise<boolean>;
  /** The exchange is over: these came. */
  readonly finish: (exchange: CoinExchange, received: readonly Coin[]) => Promise<void>;
  /** It was refused, and nothing was taken: the coins are there again. */
  readonly undo: (exchange: CoinExchange) => Promise<void>;
}

/** What a vehicle pays with. */
export interface PurseDesk {
  readonly purse: Purse;
  readonly rng: Rng;
}

/** An empty purse in memory; for tests and for one process. */
export function memoryPurse(): Purse {
  const coins = new Map<string, Coin>();
  const open = new Set<PendingCoins>();
  const put = (more: readonly Coin[]): void => {
    for (const coin of more) coins.set(nameOf(coin), coin);
  };
  const end = ({ pending }: CoinExchange, more: readonly Coin[]): Promise<void> => {
    if (open.delete(pending)) put(more);
    return Promise.resolve();
  };
  return {
    coins: () => Promise.resolve([...coins.values()]),
    begin: ({ paid, pending }) => {
      if (paid.some((coin) => !coins.has(nameOf(coin)))) return Promise.resolve(false);
      for (const coin of paid) coins.delete(nameOf(coin));
      open.add(pending);
      return Promise.resolve(true);
    },
    finish: (exchange, received) => end(exchange, received),
    undo: (exchange) => end(exchange, exchange.paid),
  };
}

function nameOf(coin: Coin): string {
  return `${coin.epoch}/${coinId(coin)}`;
}
