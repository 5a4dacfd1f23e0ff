/** Signed calls of parties of a session as files, and acts of the authority. */
import { relayableCallForm } from "../../offchain/chain/signedCalls.ts";
import { revocationForm } from "../../offchain/market/authorityActs.ts";
import { signedFiles } from "./signedFiles.ts";

/** Of a session's party. */
export const sessionCalls = signedFiles(relayableCallForm, {
  option: "--call",
  what: "signed call",
  remedy: "make one with `session start --sign`",
});

/** That a participant is suspended, or reinstated. */
export const participantActs = signedFiles(relayableCallForm, {
  option: "--act",
  what: "signed act",
  remedy: "make one with `identity suspend --sign` or `identity reinstate --sign`",
});

/** That a meter's key ends. */
export const revocations = signedFiles(revocationForm, {
  option: "--revocation",
  what: "signed revocation",
  remedy: "make one with `meter revoke --sign`",
});
