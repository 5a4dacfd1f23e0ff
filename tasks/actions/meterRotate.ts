/** `meter rotate`: a pile gets another meter, or its meter another key; the old key ends. */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { SignedMeterCertificate } from "../../offchain/core/meter/meterCertificate.ts";
import { issueMeterCertificate, keyIdIn, rotateMeter } from "../../offchain/market/meters.ts";
import { meterCertificates } from "../stores/meterCertificates.ts";
import { connect, type Connected } from "../support/connection.ts";
import {
  KEY_REMEDIES,
  keyFacts,
  meterToCertify,
  sayIfMoves,
  type CertifyArguments,
} from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";
import { idNamed } from "../support/naming.ts";

export interface MeterRotateArguments extends CertifyArguments {
  readonly state: string;
  /** File with the new key's certificate. */
  readonly certificate: string | undefined;
  /** Id of the old key. */
  readonly key: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: MeterRotateArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const old = args.key === undefined ? null : idNamed("key", args.key);
    const signed = await certificateOf(connected, args);
    const rotating = rotateMeter(market, await connected.authority(), signed, old);
    const revokedKey = await withRemedies(KEY_REMEDIES, rotating);
    printFacts({ ...(await keyFacts(connected, keyIdIn(signed))), revokedKey }, args.json);
  });
}

/** That of the file; without one, the authority certifies a simulated meter of the folder. */
async function certificateOf(
  connected: Connected,
  args: MeterRotateArguments,
): Promise<SignedMeterCertificate> {
  const { certificate: file } = args;
  if (file !== undefined) return meterCertificates.read(file);
  const { market } = connected;
  const meter = await meterToCertify(connected, args);
  const issuing = issueMeterCertificate(market, await connected.authority(), meter);
  const issued = await withRemedies(KEY_REMEDIES, issuing);
  sayIfMoves(issued);
  return issued;
}
