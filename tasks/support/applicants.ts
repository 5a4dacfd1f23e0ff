/** People of the state folder as applicants. */
import { Wallet } from "ethers";
import type { Applicant, SiteOpening } from "../../offchain/core/messages/applicant.ts";
import { readableNameFault } from "../../offchain/core/messages/readableName.ts";
import { siteCommitment } from "../../offchain/core/messages/market.ts";
import type { Person } from "../stores/state.ts";
import { InputError } from "./outcome.ts";
import type { Remedies } from "./remedies.ts";

/** Of certifying. */
export const DAYS_REMEDIES: Remedies = {
  E_CERTIFICATE_DAYS: ({ message }) => `--days: ${message}`,
};

export function applicantOf(person: Person, operator: string | null): Applicant {
  const { privateKey, participantId, kind } = person;
  const account = new Wallet(privateKey).address;
  return { account, participantId, kind, pile: certifiedPile(person), operator };
}

export interface OperatorArguments {
  readonly kind: string;
  /** Who runs a matcher. */
  readonly operator: string | undefined;
}

/**
 * @throws InputError for a matcher without an operator, or with one whose name people cannot tell
 *   from others, and for somebody else with one
 */
export function operatorNamed({ kind, operator = "" }: OperatorArguments): string | null {
  if (kind === "matcher" && operator === "") {
    const why = "an auction needs two matchers that different people run";
    throw new InputError(`--operator: expected the name of who runs the matcher, got none: ${why}`);
  }
  if (kind !== "matcher" && operator !== "") {
    const got = `got ${operator} of a ${kind}`;
    throw new InputError(`--operator: expected it of a matcher alone, ${got}`);
  }
  if (kind !== "matcher") return null;
  const fault = readableNameFault(operator);
  if (fault !== null) throw new InputError(`--operator: expected ${fault}, got "${operator}"`);
  return operator;
}

/** What the authority has to know of a pile's place; null for everybody else. */
export function siteOpeningOf({ site }: Person): SiteOpening | null {
  if (site === null) return null;
  const { xM, yM, siteSalt } = site;
  return { xM, yM, siteSalt };
}

function certifiedPile({ participantId, site }: Person): Applicant["pile"] {
  if (site === null) return null;
  const { xM, yM, siteSalt, powerW } = site;
  return {
    kind: "private",
    ratedPowerW: powerW,
    siteCommitment: siteCommitment(participantId, BigInt(xM), BigInt(yM), siteSalt),
  };
}
