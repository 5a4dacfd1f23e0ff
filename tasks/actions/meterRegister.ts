/** `meter register`: the authority certifies a meter's key for a pile, or renews the certificate. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { connect } from "../support/connection.ts";
import { certifyKey, keyFacts, keyToCertify, type CertifyArguments } from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";

export interface MeterRegisterArguments extends CertifyArguments {
  readonly state: string;
  readonly json: boolean;
}

export default function action(
  args: MeterRegisterArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const key = await keyToCertify(connected, args);
    const { keyId } = await certifyKey(connected, key, args);
    printFacts(await keyFacts(connected, keyId), args.json);
  });
}
