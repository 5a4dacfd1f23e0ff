/**
 * Requests for certificates and certificates as files, on their way between participant, authority
 * and whoever relays. A pile's request tells its place: it is for the authority alone.
 */
import { z } from "zod";
import type { EnrolmentRequest } from "../../offchain/core/messages/applicant.ts";
import { COORDINATE_BITS } from "../../offchain/core/messages/domain.ts";
import { addressForm, bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { SignedCertificate } from "../../offchain/parties/authority/dealing.ts";
import { certificateForm } from "./certificates.ts";
import { writeOwnJsonFile, readJsonFile, writeJsonFile } from "../support/jsonFile.ts";

const coordinate = z
  .number()
  .int()
  .min(0)
  .max(2 ** COORDINATE_BITS - 1);
const requestForm = z.strictObject({
  applicant: z.strictObject({
    account: addressForm,
    participantId: bytes32Form,
    kind: z.enum(["vehicle", "pile", "matcher"]),
    pile: z
      .strictObject({
        kind: z.enum(["private", "public", "operator"]),
        ratedPowerW: z.number().int().min(1).max(0xffff_ffff),
        siteCommitment: bytes32Form,
      })
      .nullable(),
  }),
  site: z.strictObject({ xM: coordinate, yM: coordinate, siteSalt: bytes32Form }).nullable(),
  signature: hexForm,
});

/** Readable by its owner alone. @throws InputError if the file cannot be written */
export async function writeRequest(file: string, request: EnrolmentRequest): Promise<void> {
  await writeOwnJsonFile("out", file, request);
}

/** @throws InputError for a file that is not there or holds no request */
export async function readRequest(file: string): Promise<EnrolmentRequest> {
  const expected = "request: make one with `identity request`";
  return readJsonFile("request", file, requestForm, expected);
}

/** @throws InputError if the file cannot be written */
export async function writeCertificate(file: string, signed: SignedCertificate): Promise<void> {
  await writeJsonFile("out", file, signed);
}

/** @throws InputError for a file that is not there or holds no certificate */
export async function readCertificate(file: string): Promise<SignedCertificate> {
  const expected = "certificate: the authority makes one with `identity certify`";
  return readJsonFile("certificate", file, certificateForm, expected);
}
