/**
 * `meter register`: the authority certifies a meter's key for a pile, or renews the certificate.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { issueMeterCertificate, relayMeterCertificate } from "../../offchain/market/meters.ts";
import { connect } from "../support/connection.ts";
import {
  KEY_REMEDIES,
  keyFacts,
  meterToCertify,
  type CertifyArguments,
} from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";

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
    const { market } = connected;
    const operator = await connected.operator();
    const meter = await meterToCertify(connected, args);
    const issued = await withRemedies(KEY_REMEDIES, issueMeterCertificate(market, operator, meter));
    const { keyId, movesFrom } = issued;
    if (movesFrom !== null) process.stderr.write(`the key moves from ${movesFrom}\n`);
    await relayMeterCertificate(market, operator, issued);
    printFacts(await keyFacts(connected, keyId), args.json);
  });
}
