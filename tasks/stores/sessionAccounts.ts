/**
 * The keys of a session in the state folder, kept before anybody has seen them:
 *
 *   credentials/accounts/<session>/<scope>.json   the keys of a session in a scope
 *   credentials/accounts/<session>.json           of an older version: those of one scope
 */
import { z } from "zod";
import { bytes32Form, hexForm } from "../../offchain/core/messages/forms.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import type {
  SessionAccount,
  SessionAccountStore,
} from "../../offchain/parties/vehicle/sessionAccount.ts";
import type { State } from "./state.ts";

const accountSchema = z.strictObject({
  scope: bytes32Form,
  privateKey: bytes32Form,
  sealPublicKey: hexForm,
  sealPrivateKey: hexForm,
});
type AccountFile = z.infer<typeof accountSchema>;

/** The accounts of a session, by the session's name, which is a file name. */
export function sessionAccountsIn(state: State, session: string): SessionAccountStore {
  const folder = `credentials/accounts/${session}`;
  const pathOf = (scope: Bytes32): string => `${folder}/${scope}.json`;
  return {
    sessionAccount: async (scope) => {
      const older = await state.readIfThere(`${folder}.json`, accountSchema);
      if (older?.scope === scope) return accountFrom(older);
      const kept = await state.readIfThere(pathOf(scope), accountSchema);
      return kept === undefined ? null : accountFrom(kept);
    },
    keepSessionAccount: async (account) => {
      const path = pathOf(account.scope);
      if (await state.createSecret(path, accountToJson(account))) return account;
      return accountFrom(await state.read(path, accountSchema));
    },
  };
}

function accountFrom({ scope, privateKey, ...seal }: AccountFile): SessionAccount {
  const sealKeys = {
    publicKey: hexToBytes(seal.sealPublicKey),
    privateKey: hexToBytes(seal.sealPrivateKey),
  };
  return { scope, privateKey, sealKeys };
}

function accountToJson({ scope, privateKey, sealKeys }: SessionAccount): AccountFile {
  return {
    scope,
    privateKey,
    sealPublicKey: bytesToHex(sealKeys.publicKey),
    sealPrivateKey: bytesToHex(sealKeys.privateKey),
  };
}
