/** People of the state folder as applicants. */
import { Wallet } from "ethers";
import type { Applicant, SiteOpening } from "../../offchain/core/messages/applicant.ts";
import { siteCommitment } from "../../offchain/core/messages/market.ts";
import type { Person } from "../stores/state.ts";
import type { Remedies } from "./remedies.ts";

/** Of certifying. */
export const DAYS_REMEDIES: Remedies = {
  E_CERTIFICATE_DAYS: ({ message }) => `--days: ${message}`,
};

export function applicantOf(person: Person): Applicant {
  const { privateKey, participantId, kind } = person;
  const account = new Wallet(privateKey).address;
  return { account, participantId, kind, pile: certifiedPile(person) };
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
