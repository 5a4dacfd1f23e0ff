/** What the errors of libraries and of the chain itself say. */
import type { Sentences } from "./refusalTypes.ts";

const MAINTAINERS = "this should not happen; tell whoever maintains the market";

export const COMMON_SENTENCES: Sentences = {
  Error: 'a contract says "{0}": change what it names, and try again',
  Panic: `a contract has failed with code {0}: ${MAINTAINERS}`,
  AddressEmptyCode: "there is no contract at {target}: look at the addresses of the market",
  FailedCall: "a call that a contract made has failed without a reason: try it by itself",
  InsufficientBalance: "{balance} wei are there, and {needed} are needed: send the rest first",
  InvalidAccountNonce:
    "the next number of {account} is {currentNonce}, and another one was signed: let it be signed anew",
  ReentrancyGuardReentrantCall:
    "the token or the receiver called back into the escrow: use others that do not",
  SafeERC20FailedOperation:
    "the token at {token} has refused the transfer: look at balance and allowance",
  ECDSAInvalidSignature: "the signature is none: let it be signed anew",
  ECDSAInvalidSignatureLength: "a signature of {length} bytes is none: let it be signed anew",
  ECDSAInvalidSignatureS: "the signature has s = {s}, the second form of another: sign anew",
  InvalidShortString: `a name in the contract is damaged: ${MAINTAINERS}`,
  StringTooLong: "the name {str} is too long: deploy with a shorter one",
  PRBMath_SD59x18_Exp_InputTooBig: `an exponent of {x} is too big: ${MAINTAINERS}`,
  PRBMath_SD59x18_Exp2_InputTooBig: `an exponent of {x} is too big: ${MAINTAINERS}`,
};
