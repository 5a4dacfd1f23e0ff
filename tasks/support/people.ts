/** The person behind a name: kept once, and never replaced, since the name holds private keys. */
import { hexlify } from "ethers";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { generateSealKeyPair } from "../../offchain/core/primitives/sealedBox.ts";
import { personSchema, type Person, type State } from "../stores/state.ts";
import { personPath } from "./connection.ts";
import { InputError } from "./outcome.ts";
import { requireWithin, COORDINATE } from "./ranges.ts";

export interface WantedPerson {
  readonly as: string;
  readonly kind: string;
  /** Metres; of piles alone, as the power. */
  readonly x: number;
  readonly y: number;
  /** Watts. */
  readonly power: number;
}

/**
 * Who is kept under the name, or a new person with new keys. Of two that make one at once, both
 * get the one that is kept.
 * @throws InputError if the name belongs to another kind, or a new person is not what it can be
 */
export async function personFor(state: State, wanted: WantedPerson): Promise<Person> {
  const { as: name, kind } = wanted;
  const path = personPath(name);
  const known = await state.readIfThere(path, personSchema);
  const person = known ?? (await keepPerson(state, path, await createPerson(wanted)));
  if (person.kind === kind) return person;
  throw new InputError(
    `--kind: ${name} is a ${person.kind} for ever, not a ${kind}: take another name`,
  );
}

/**
 * Keeps a session's account under a name that nobody has; or that it has itself, after an
 * interruption.
 * @throws InputError for a name that somebody else has, whose keys stay
 */
export async function keepSessionPerson(state: State, person: Person): Promise<void> {
  const kept = await keepPerson(state, personPath(person.name), person);
  if (kept.privateKey !== person.privateKey) throw sessionTaken(person.name);
}

/** For a session's name that is taken. */
export function sessionTaken(name: string): InputError {
  return new InputError(
    `--session: ${name} is there already, and each session has its own: take a new one`,
  );
}

async function keepPerson(state: State, path: string, person: Person): Promise<Person> {
  return (await state.createSecret(path, person)) ? person : state.read(path, personSchema);
}

async function createPerson(args: WantedPerson): Promise<Person> {
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

function siteOf({ x, y, power }: WantedPerson): Person["site"] {
  requireWithin("x", x, COORDINATE);
  requireWithin("y", y, COORDINATE);
  requireWithin("power", power, { least: 1, most: 1_000_000, unit: "W" });
  return { xM: x, yM: y, powerW: power, siteSalt: bytesToHex(systemRng.bytes(32)) };
}
