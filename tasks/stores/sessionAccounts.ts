/**
 * The keys of a session in the state folder, `credentials/accounts/<session>.json`, kept before
 * anybody has seen them.
 */
import { z } from "zod";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type { SessionAccountStore } from "../../offchain/parties/vehicle/sessionAccount.ts";
import type { State } from "./state.ts";

const accountSchema = z.strictObject({
  scope: bytes32Form,
  privateKey: bytes32Form,
  sealPublicKey: hexForm,
  sealPrivateKey: hexForm,
});

/** The account of a session, by the session's name, which is a file name. */
export function sessionAccountsIn(state: State, session: string): SessionAccountStore {
  const path = `credentials/accounts/${session}.json`;
  return {
    sessionAccount: async () => {
      if (!(await state.has(path))) return null;
      const { scope, privateKey, ...seal } = await state.read(path, accountSchema);
      const sealKeys = {
        publicKey: hexToBytes(seal.sealPublicKey),
        privateKey: hexToBytes(seal.sealPrivateKey),
      };
      return { scope, privateKey, sealKeys };
    },
    keepSessionAccount: ({ scope, privateKey, sealKeys }) =>
      state.writeSecret(path, {
        scope,
        privateKey,
        sealPublicKey: bytesToHex(sealKeys.publicKey),
        sealPrivateKey: bytesToHex(sealKeys.privateKey),
      }),
  };
}
