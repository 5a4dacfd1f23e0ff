/**
 * `identity enrol`: brings a certificate to the chain, whoever it is of. Without one: makes keys
 * for a new participant (or takes those the state folder holds), and has the authority certify them
 * first.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { PARTICIPANT_KINDS } from "../../offchain/core/messages/market.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { ensureGasMoney } from "../../offchain/market/gasMoney.ts";
import {
  certifyApplicant,
  relayCertificate,
  relayCertificateOnce,
} from "../../offchain/market/participants.ts";
import type { SignedCertificate } from "../../offchain/parties/authority/dealing.ts";
import { keepCertificate } from "../stores/certificates.ts";
import { issuedCertificates } from "../stores/enrolments.ts";
import { applicantOf, DAYS_REMEDIES } from "../support/applicants.ts";
import { connectToKeep, playerNamed, type Connected } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { personFor } from "../support/people.ts";
import { withRemedies } from "../support/remedies.ts";
import { placeNamed, type PlaceArguments } from "../support/places.ts";
import { moment, printFacts } from "../support/print.ts";

export interface IdentityEnrolArguments extends PlaceArguments {
  readonly state: string;
  readonly as: string;
  readonly certificate: string | undefined;
  readonly kind: string;
  readonly power: number;
  readonly days: number;
  readonly json: boolean;
}

export default function action(
  args: IdentityEnrolArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connectToKeep(hre, args.state);
    const { certificate: file } = args;
    const signed = await (file === undefined
      ? withRemedies(DAYS_REMEDIES, enrolHere(connected, args))
      : bringCertificate(connected, args.as, file));
    const { account, kind, participantId, validUntil } = signed.certificate;
    const facts = { account, participantId, validUntil: moment(validUntil) };
    printFacts({ kind: PARTICIPANT_KINDS[Number(kind)] ?? null, ...facts }, args.json);
  });
}

/** All three steps, in a folder that plays participant and authority. */
async function enrolHere(
  connected: Connected,
  args: IdentityEnrolArguments,
): Promise<SignedCertificate> {
  const { market, deployment, operator } = connected;
  const place = placeNamed(deployment.corner, args);
  const person = await personFor(connected.state, { ...args, x: place.xM, y: place.yM });
  const authority = { wallet: await connected.authority(), rng: systemRng };
  const nowSeconds = await connected.now();
  const applicant = applicantOf(person);
  const signed = await certifyApplicant(market, authority, {
    applicant,
    days: args.days,
    nowSeconds,
  });
  await relayCertificate(market, await operator(), signed);
  await keepCertificate(connected, person.name, signed);
  await ensureGasMoney(market, operator, applicant.account);
  return signed;
}

/**
 * The last step alone. Somebody who is named pays for it, and keeps the certificate if it is its
 * own; else the operator pays, and gives the newcomer gas.
 */
async function bringCertificate(
  connected: Connected,
  name: string,
  file: string,
): Promise<SignedCertificate> {
  const { market, operator } = connected;
  const signed = await issuedCertificates.read(file);
  const { account } = signed.certificate;
  if (name === "") {
    await relayCertificateOnce(market, operator, signed);
    await ensureGasMoney(market, operator, account);
    return signed;
  }
  const { wallet } = await playerNamed(connected, name);
  await relayCertificateOnce(market, () => Promise.resolve(wallet), signed);
  if (wallet.address === account) await keepCertificate(connected, name, signed);
  return signed;
}
