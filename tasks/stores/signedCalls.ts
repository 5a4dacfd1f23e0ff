/** Signed calls as files, and acts of the authority. */
import { relayableCallForm } from "../../offchain/chain/signedCalls.ts";
import { revocationForm } from "../../offchain/market/authorityActs.ts";
import { signedFiles } from "./signedFiles.ts";

/** Of whoever has signed it, to be relayed. */
export const signedCalls = signedFiles(relayableCallForm, {
  option: "--call",
  what: "signed call",
  remedy: "make one with --sign, as of `session start --sign`",
});

/** That a participant is suspended, or reinstated. */
export const participantActs = signedFiles(relayableCallForm, {
  option: "--sign",
  what: "signed act",
  remedy: "make one with `identity suspend --sign` or `identity reinstate --sign`",
});

/** That a meter's key ends. */
export const revocations = signedFiles(revocationForm, {
  option: "--revocation",
  what: "signed revocation",
  remedy: "make one with `meter revoke --sign`",
});
