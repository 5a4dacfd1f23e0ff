/**
 * Certificates in the state folder: what a station shows of itself. They are public; the registry
 * knows them as well.
 */
import { z } from "zod";
import { bytes32Form, addressForm, hexForm } from "../../offchain/core/messages/forms.ts";
import type { SignedCertificate } from "../../offchain/parties/authority/dealing.ts";
import type { Connected } from "../support/connection.ts";
import { InputError } from "../support/outcome.ts";
import { uint, type Person } from "./state.ts";
import { pasteable } from "../support/hints.ts";

/** A certificate with the authority's signature. */
export const certificateForm = z.strictObject({
  certificate: z.strictObject({
    account: addressForm,
    participantId: bytes32Form,
    kind: uint(8),
    pileKind: uint(8),
    ratedPowerW: uint(32),
    premises: bytes32Form,
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

function certificatePath(name: string): string {
  return `certificates/${name}.json`;
}
