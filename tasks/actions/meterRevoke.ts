/** `meter revoke`: the authority ends a key, for ever, or signs that it does. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { signRevocation } from "../../offchain/market/authorityActs.ts";
import { revokeMeter } from "../../offchain/market/meters.ts";
import { revocations } from "../stores/signedCalls.ts";
import { connect } from "../support/connection.ts";
import { keyIdNamed } from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { requireSigning, signedInFile, type SigningArguments } from "../support/signing.ts";
import type { MeterShowArguments } from "./meterShow.ts";

export interface MeterRevokeArguments extends MeterShowArguments, SigningArguments {}

export default function action(
  args: MeterRevokeArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    requireSigning(args);
    const connected = await connect(hre, args.state);
    const { market, authority } = connected;
    const keyId = await keyIdNamed(connected, args);
    const { sign: file } = args;
    if (file !== undefined) {
      const into = { file, files: revocations };
      const signed = await signedInFile(connected, hre, args, into, (signer, deadline, earlier) =>
        signRevocation(market, signer, { keyId, deadline }, earlier),
      );
      printFacts({ key: keyId, ...signed }, args.json);
      return;
    }
    const known = await revokeMeter(market, await authority(), keyId);
    // Perhaps before it was ever certified.
    const pile = known.issue > 0n ? known.pile : null;
    printFacts({ key: keyId, pile, revoked: known.revoked }, args.json);
  });
}
