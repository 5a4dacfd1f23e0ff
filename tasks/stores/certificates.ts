/**
 * Certificates in the state folder: what a station shows of itself. They are public; the registry
 * knows them as well.
 */
import { Wallet } from "ethers";
import { z } from "zod";
import { bytes32Form, addressForm, hexForm } from "../../offchain/core/messages/forms.ts";
import type { SignedCertificate } from "../../offchain/parties/authority/dealing.ts";
import { personPath, type Connected } from "../support/connection.ts";
import { InputError } from "../support/outcome.ts";
import { parse, personSchema, uint, type Person, type State } from "./state.ts";
import { pasteable } from "../support/hints.ts";

const CERTIFICATE_PATH = /^certificates\/([^/]+)\.json$/;

/** A certificate with the authority's signature. */
export const certificateForm = z.strictObject({
  certificate: z.strictObject({
    account: addressForm,
    participantId: bytes32Form,
    kind: uint(8),
    pileKind: uint(8),
    ratedPowerW: uint(32),
    siteCommitment: bytes32Form,
    validUntil: uint(40),
    relayBy: uint(40),
    serial: uint(256),
  }),
  signature: hexForm,
});

export async function keepCertificate(
  { state }: Connected,
  name: string,
  signed: SignedCertificate,
): Promise<void> {
  await state.write(certificatePath(name), signed);
}

/** @throws InputError for somebody who was certified elsewhere; StateError for a damaged file */
export async function certificateOf(
  { state }: Connected,
  { name, kind }: Pick<Person, "name" | "kind">,
): Promise<SignedCertificate> {
  const signed = await state.readIfThere(certificatePath(name), certificateForm);
  if (signed !== undefined) return signed;
  const enrol = pasteable(state, `identity enrol --as ${name} --kind ${kind}`);
  const renewed = `renew it with \`${enrol}\``;
  throw new InputError(`${state.folder} holds no certificate of ${name}: ${renewed}`);
}

/**
 * Whether a file is a certificate that goes by the name of somebody in the folder and is not of
 * that one's account: of two who call themselves alike, the authority's folder has one.
 */
export async function isOfNamesake(state: State, path: string, text: string): Promise<boolean> {
  const [, name] = CERTIFICATE_PATH.exec(path) ?? [];
  if (name === undefined) return false;
  const person = await state.readIfThere(personPath(name), personSchema);
  if (person === undefined) return false;
  const { certificate } = parse(path, text, certificateForm);
  return certificate.account !== new Wallet(person.privateKey).address;
}

function certificatePath(name: string): string {
  return `certificates/${name}.json`;
}
