/** `meter rotate`: a pile gets another meter, or its meter another key; the old key ends. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { rotateMeter } from "../../offchain/market/meters.ts";
import { connect } from "../support/connection.ts";
import { KEY_REMEDIES, keyFacts, meterToCertify } from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import type { MeterRegisterArguments } from "./meterRegister.ts";
import { idNamed } from "../support/naming.ts";

export interface MeterRotateArguments extends MeterRegisterArguments {
  /** Id of the old key. */
  readonly key: string | undefined;
}

export default function action(
  args: MeterRotateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const operator = await connected.operator();
    const meter = await meterToCertify(connected, args);
    const old = args.key === undefined ? null : idNamed("key", args.key);
    const rotated = rotateMeter(market, operator, meter, old);
    const { issued, revoked } = await withRemedies(KEY_REMEDIES, rotated);
    const { keyId, movesFrom } = issued;
    if (movesFrom !== null) process.stderr.write(`the key has moved from ${movesFrom}\n`);
    printFacts({ ...(await keyFacts(connected, keyId)), revokedKey: revoked }, args.json);
  });
}
