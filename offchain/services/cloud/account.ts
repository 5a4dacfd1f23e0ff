/** The account of a cloud: made when it starts for the first time, kept in its folder. */
import { Wallet } from "ethers";
import { z } from "zod";
import { bytes32Form } from "../../core/messages/forms.ts";
import { bytesToHex } from "../../core/primitives/bytes.ts";
import { assertProductionRng, type Rng } from "../../core/primitives/random.ts";
import type { ServiceFolder } from "../folder.ts";

const ACCOUNT = "account.json";
const accountForm = z.strictObject({ privateKey: bytes32Form });

/** @throws RandomError E_RNG_DETERMINISTIC outside tests */
export async function ownAccount(folder: ServiceFolder, rng: Rng): Promise<Wallet> {
  const kept = await folder.read(ACCOUNT, accountForm);
  if (kept !== undefined) return new Wallet(kept.privateKey);
  assertProductionRng(rng);
  const privateKey = bytesToHex(rng.bytes(32));
  await folder.write(ACCOUNT, { privateKey });
  return new Wallet(privateKey);
}
