/**
 * `identity enrol`: makes keys for a new participant (or takes those the state folder holds), has
 * the authority certify them, and relays the certificate.
 */
import { Wallet } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { siteCommitment } from "../../offchain/core/messages/market.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { type Applicant } from "../../offchain/parties/authority/dealing.ts";
import { connect, type Connected } from "../support/connection.ts";
import { keepCertificate } from "../stores/certificates.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { type Person } from "../stores/state.ts";
import { enrolParticipant } from "../../offchain/market/participants.ts";
import { ensureGasMoney } from "../../offchain/market/gasMoney.ts";
import { personFor } from "../support/people.ts";
import { type Remedies, withRemedies } from "../support/remedies.ts";

export interface IdentityEnrolArguments {
  readonly state: string;
  readonly as: string;
  readonly kind: string;
  readonly x: number;
  readonly y: number;
  readonly power: number;
  readonly days: number;
  readonly json: boolean;
}

const REMEDIES: Remedies = { E_CERTIFICATE_DAYS: ({ message }) => `--days: ${message}` };

export default function action(
  args: IdentityEnrolArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const person = await personFor(connected.state, args);
    const enrolling = enrolPerson(connected, person, args.days);
    const validUntil = await withRemedies(REMEDIES, enrolling);
    const { privateKey } = person;
    printFacts(
      {
        name: person.name,
        kind: person.kind,
        account: new Wallet(privateKey).address,
        participantId: person.participantId,
        validUntil: moment(validUntil),
      },
      args.json,
    );
  });
}

/** The authority's part. Returns the certificate's end in unix seconds. */
async function enrolPerson(connected: Connected, person: Person, days: number): Promise<bigint> {
  const { market, operator } = connected;
  const account = new Wallet(person.privateKey).address;
  const { participantId, kind } = person;
  const applicant = { account, participantId, kind, pile: certifiedPile(person) };
  const nowSeconds = await connected.now();
  const authority = { wallet: operator, rng: systemRng };
  const enrolment = { applicant, days, nowSeconds, relay: operator };
  const signed = await enrolParticipant(market, authority, enrolment);
  await keepCertificate(connected, person.name, signed);
  await ensureGasMoney(market, operator, account);
  return signed.certificate.validUntil;
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
