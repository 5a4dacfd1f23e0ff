/**
 * How the keys of a market's credentials come to be in the state folder: once, on the terms of
 * whoever is first.
 */
import type { TracerCount } from "../../offchain/core/credential/tracers.ts";
import { EPOCH_SECONDS } from "../../offchain/core/messages/lifetimes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { foundCredentials } from "../../offchain/market/joining.ts";
import {
  credentialsOf,
  hasCredentials,
  keepCredentials,
  type MarketCredentials,
} from "../stores/credentials.ts";
import type { Connected } from "./connection.ts";
import { requireWithin } from "./ranges.ts";

export interface CredentialTerms extends TracerCount {
  readonly epochSeconds: number;
}

/** One tracer that is the authority's neighbour, and a day: what a pilot begins with. */
const USUAL_TERMS: CredentialTerms = { threshold: 1, members: 1, epochSeconds: EPOCH_SECONDS };

const MOST_TRACERS = 255;
const SHORTEST_EPOCH_SECONDS = 600;
const LONGEST_EPOCH_SECONDS = 30 * 86_400;

type Founding = Pick<Connected, "state" | "market">;

/** The market's credentials, made now on the usual terms if it has none. */
export async function credentialsOrNew(connected: Founding): Promise<MarketCredentials> {
  await makeCredentials(connected, USUAL_TERMS);
  return credentialsOf(connected);
}

/**
 * Makes them now. False if the market has its credentials already, which stay: of two that make
 * them at once, one is first.
 * @throws InputError for terms that are none
 */
export async function makeCredentials(
  connected: Founding,
  terms: CredentialTerms,
): Promise<boolean> {
  if (await hasCredentials(connected)) return false;
  requireUsable(terms);
  const { threshold, members, epochSeconds } = terms;
  const founded = await foundCredentials(connected.market, { threshold, members }, systemRng);
  return keepCredentials(connected, founded, epochSeconds);
}

function requireUsable({ threshold, members, epochSeconds }: CredentialTerms): void {
  requireWithin("members", members, { least: 1, most: MOST_TRACERS });
  requireWithin("threshold", threshold, { least: 1, most: members });
  const epoch = { least: SHORTEST_EPOCH_SECONDS, most: LONGEST_EPOCH_SECONDS };
  requireWithin("epoch-seconds", epochSeconds, epoch);
}
