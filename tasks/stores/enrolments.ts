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
import { signedFiles } from "./signedFiles.ts";

const coordinate = z
  .number()
  .int()
  .min(0)
  .max(2 ** COORDINATE_BITS - 1);
/** Of an operator. */
const MOST_NAME_CHARACTERS = 200;
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
    operator: z.string().min(1).max(MOST_NAME_CHARACTERS).nullable(),
  }),
  site: z.strictObject({ xM: coordinate, yM: coordinate, siteSalt: bytes32Form }).nullable(),
  signature: hexForm,
});

/** What the authority is asked for. */
export const enrolmentRequests = signedFiles<EnrolmentRequest>(requestForm, {
  option: "--request",
  what: "request",
  remedy: "make one with `identity request`",
  isPrivate: true,
});

/** What it answers. */
export const issuedCertificates = signedFiles<SignedCertificate>(certificateForm, {
  option: "--certificate",
  what: "certificate",
  remedy: "the authority makes one with `identity certify`",
});
