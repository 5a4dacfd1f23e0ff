/** What a day costs with a delay between the servers, as text. */
import { decimal, textTable } from "../figures/textTable.ts";

export interface DelayedDay {
  /** How long a frame is on its way. */
  readonly delayMs: number;
  readonly requests: number;
  /** Rounds of all auctions: each is a matching. */
  readonly rounds: number;
  readonly exchanges: number;
  /** Matchings and rehearsals alone, with admission. */
  readonly roundsSeconds: number;
  readonly daySeconds: number;
}

export function latencyText(scenario: string, days: readonly DelayedDay[]): string {
  const heads = ["delay ms", "requests", "rounds", "exchanges", "rounds s", "day s"];
  return textTable(
    `A day of ${scenario} with a delay between the servers`,
    heads.map((head) => ({ head })),
    days.map(({ delayMs, requests, rounds, exchanges, roundsSeconds, daySeconds }) => [
      decimal(delayMs, 0),
      decimal(requests, 0),
      decimal(rounds, 0),
      decimal(exchanges, 0),
      decimal(roundsSeconds, 1),
      decimal(daySeconds, 1),
    ]),
  );
}
