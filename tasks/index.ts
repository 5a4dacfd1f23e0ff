/**
 * The command line, in the order of a trade. Tasks are defined in `definitions`, a file a noun, and
 * do their work in `actions`, which is loaded when the task runs.
 */
import { market, marketOnChain } from "./definitions/market.ts";
import { identity } from "./definitions/identity.ts";
import { auction, prices } from "./definitions/auction.ts";
import { publicAuction } from "./definitions/publicAuction.ts";
import { session } from "./definitions/session.ts";
import { meter } from "./definitions/meter.ts";
import { reputation, coupon } from "./definitions/reputation.ts";
import { escrow } from "./definitions/escrow.ts";
import { cloak } from "./definitions/cloak.ts";
import { gas, bench } from "./definitions/measurements.ts";

export const tasks = [
  ...market,
  ...marketOnChain,
  ...identity,
  ...auction,
  ...publicAuction,
  prices,
  ...session,
  ...meter,
  ...reputation,
  ...coupon,
  ...escrow,
  ...cloak,
  gas,
  bench,
];
