/** Requests for certificates of meters, and such certificates, as files; nothing is secret. */
import { z } from "zod";
import { addressForm, bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { SignedMeterCertificate } from "../../offchain/core/meter/meterCertificate.ts";
import type { MeterRequest } from "../../offchain/core/meter/meterRequest.ts";
import { signedFiles } from "./signedFiles.ts";
import { uint } from "./state.ts";

/** On one of the curves that the contract can check. */
const keyForm = {
  curve: uint(8).refine((curve) => curve === 1n || curve === 2n),
  x: bytes32Form,
  y: bytes32Form,
};
const requestForm = z.strictObject({
  pile: addressForm,
  key: z.strictObject(keyForm),
  issue: uint(32),
  ratedPowerW: z.number().int().min(1).max(0xffff_ffff),
  lastPagination: uint(64),
  record: z.string().nullable(),
  signature: hexForm,
});
const certificateForm = z.strictObject({
  certificate: z.strictObject({
    participantId: bytes32Form,
    ...keyForm,
    ratedPowerW: uint(32),
    lastPagination: uint(64),
    validFrom: uint(40),
    validUntil: uint(40),
    relayBy: uint(40),
    issue: uint(32),
  }),
  signature: hexForm,
});

/** What the authority is asked for. */
export const meterRequests = signedFiles<MeterRequest>(requestForm, {
  option: "--request",
  what: "request for a meter",
  remedy: "the pile makes one with `meter request`",
});

/** What it answers. */
export const meterCertificates = signedFiles<SignedMeterCertificate>(certificateForm, {
  option: "--certificate",
  what: "certificate of a meter",
  remedy: "the authority makes one with `meter certify`",
});
