/**
 * `identity enrol`: makes keys for a new participant (or takes those the state folder holds), has
 * the authority certify them, and relays the certificate.
 */
import { hexlify, Wallet } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { siteCommitment } from "../../offchain/core/messages/market.ts";
import { COORDINATE_BITS } from "../../offchain/core/messages/domain.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { type Applicant } from "../../offchain/parties/authority/dealing.ts";
import { connect, personPath, type Connected } from "../support/connection.ts";
import { keepCertificate } from "../stores/certificates.ts";
import { concluded, InputError, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { personSchema, type Person } from "../stores/state.ts";
import { enrolParticipant } from "../../offchain/market/participants.ts";
import { ensureGasMoney } from "../../offchain/market/gasMoney.ts";

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

export default function action(
  args: IdentityEnrolArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const person = await personFor(connected, args);
    const validUntil = await enrolPerson(connected, person, args.days);
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

async function personFor(connected: Connected, args: IdentityEnrolArguments): Promise<Person> {
  const path = personPath(args.as);
  if (await connected.state.has(path)) {
    const known = await connected.state.read(path, personSchema);
    if (known.kind === args.kind) return known;
    throw new InputError(`--kind: ${args.as} is a ${known.kind} for ever, not a ${args.kind}`);
  }
  const person = await createPerson(args);
  await connected.state.writeSecret(path, person);
  return person;
}

async function createPerson(args: IdentityEnrolArguments): Promise<Person> {
  const { kind } = args;
  if (kind !== "vehicle" && kind !== "pile" && kind !== "matcher") {
    throw new InputError(`--kind: expected vehicle, pile or matcher, got ${kind}`);
  }
  const seal = await generateSealKeyPair(systemRng);
  return {
    name: args.as,
    kind,
    privateKey: bytesToHex(systemRng.bytes(32)),
    participantId: bytesToHex(systemRng.bytes(32)),
    sealPublicKey: hexlify(seal.publicKey),
    sealPrivateKey: hexlify(seal.privateKey),
    site: kind === "pile" ? siteOf(args) : null,
  };
}

function siteOf({ x, y, power }: IdentityEnrolArguments): Person["site"] {
  const most = 2 ** COORDINATE_BITS - 1;
  if (x < 0 || x > most || y < 0 || y > most) {
    throw new InputError(`--x, --y: expected metres from 0 to ${most}, got ${x}, ${y}`);
  }
  if (power < 1 || power > 1_000_000) {
    throw new InputError(`--power: expected 1 to 1000000 W, got ${power}`);
  }
  return { xM: x, yM: y, powerW: power, siteSalt: bytesToHex(systemRng.bytes(32)) };
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
