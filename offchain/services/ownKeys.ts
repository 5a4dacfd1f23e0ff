/**
 * The keys of a service: made when it starts for the first time, kept in its folder, and never told
 * to anybody.
 */
import { z } from "zod";
import { hexForm } from "../core/messages/forms.ts";
import { bytesToHex, hexToBytes } from "../core/primitives/bytes.ts";
import { withHidden } from "../core/primitives/hidden.ts";
import type { Rng } from "../core/primitives/random.ts";
import { generateSealKeyPair, type SealKeyPair } from "../core/primitives/sealedBox.ts";
import type { ServiceFolder } from "./folder.ts";
import { drawLineSeed, lineKeysOf, type LineKeys } from "./lineKeys.ts";

export interface OwnKeys {
  readonly lineKeys: LineKeys;
  readonly sealKeys: SealKeyPair;
}

const KEYS = "keys.json";
const keysForm = z.strictObject({
  lineSeed: hexForm,
  sealPublicKey: hexForm,
  sealPrivateKey: hexForm,
});

export async function ownKeys(folder: ServiceFolder, rng: Rng): Promise<OwnKeys> {
  const kept = (await folder.read(KEYS, keysForm)) ?? (await drawn(folder, rng));
  const sealKeys = withHidden(
    { publicKey: new Uint8Array(hexToBytes(kept.sealPublicKey)) },
    { privateKey: new Uint8Array(hexToBytes(kept.sealPrivateKey)) },
  );
  return { lineKeys: lineKeysOf(hexToBytes(kept.lineSeed)), sealKeys };
}

async function drawn(folder: ServiceFolder, rng: Rng): Promise<z.output<typeof keysForm>> {
  const { publicKey, privateKey } = await generateSealKeyPair(rng);
  const keys = {
    lineSeed: bytesToHex(drawLineSeed(rng)),
    sealPublicKey: bytesToHex(publicKey),
    sealPrivateKey: bytesToHex(privateKey),
  };
  await folder.write(KEYS, keys);
  return keys;
}
