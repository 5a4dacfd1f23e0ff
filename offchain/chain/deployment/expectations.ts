/** What the contracts of a planned market have to answer when they are asked who they are. */
import { ZeroAddress } from "ethers";
import type { Address } from "../../core/messages/market.ts";
import {
  earningRuleOf,
  marketsOf,
  windowsOf,
  type ArtifactName,
  type MarketPlan,
  type PlannedContract,
} from "./plan.ts";
import { USUAL_TERMS } from "./terms.ts";

export interface Expectation {
  readonly key: PlannedContract["key"];
  readonly name: ArtifactName;
  readonly address: Address;
  /** Whether the answer names another contract, or is a term. */
  readonly kind: "wiring" | "parameter";
  readonly view: string;
  readonly asked: readonly unknown[];
  readonly answer: unknown;
  /** Of the terms that have a usual value. */
  readonly usual?: unknown;
}

type Question = Omit<Expectation, "key" | "name" | "address">;

/** Everything that constructors have fixed, view by view. */
export function expectationsOf(plan: MarketPlan): readonly Expectation[] {
  const questions = questionsOf(plan);
  return plan.contracts.flatMap(({ key, name, address }) =>
    questions[key].map((question) => ({ key, name, address, ...question })),
  );
}

function questionsOf(
  plan: MarketPlan,
): Readonly<Record<PlannedContract["key"], readonly Question[]>> {
  const { addresses: at, stakes, terms, arbiter } = plan;
  const auction = [
    names("identities", at.identities),
    names("escrow", stakes),
    names("reputation", at.reputation),
    names("sessions", at.sessions),
  ];
  return {
    identities: [fixes("authority", terms.authority), fixes("court", terms.court)],
    reputation: [
      names("sessions", at.sessions),
      fixes("parameters", terms.reputation, USUAL_TERMS.reputation),
    ],
    meters: [names("identities", at.identities), names("sessions", at.sessions)],
    auctions: auction,
    openAuctions: auction,
    coupons: [names("escrow", stakes), names("reputation", at.reputation)],
    escrow: [names("markets", marketsOf(at)), fixes("token", terms.token)],
    sessions: [
      names("auctions", at.auctions),
      names("openAuctions", at.openAuctions),
      names("escrow", stakes),
      names("reputation", at.reputation),
      names("meters", at.meters),
      fixes("windows", windowsOf(terms), windowsOf(USUAL_TERMS)),
      fixes("earningRule", earningRuleOf(terms), earningRuleOf(USUAL_TERMS)),
      arbiter === ZeroAddress ? fixes("arbiter", arbiter) : names("arbiter", arbiter),
    ],
    gate: [names("markets", marketsOf(at)), names("escrow", at.escrow)],
    arbiter: [
      fixes("quorum", BigInt(terms.quorum)),
      ...terms.arbiters.map((member) => ({ ...fixes("isArbiter", true), asked: [member] })),
    ],
  };
}

function names(view: string, answer: unknown): Question {
  return { kind: "wiring", view, asked: [], answer };
}

function fixes(view: string, answer: unknown, usual?: unknown): Question {
  return { kind: "parameter", view, asked: [], answer, ...(usual !== undefined && { usual }) };
}
