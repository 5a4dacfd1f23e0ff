/**
 * `meter register`: brings the certificate of a meter to the chain, whoever it is of. Without one:
 * has the authority certify a simulated meter of the state folder first, or renew its certificate.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { SignedMeterCertificate } from "../../offchain/core/meter/meterCertificate.ts";
import {
  issueMeterCertificate,
  keyIdIn,
  relayMeterCertificate,
  relayMeterOnce,
} from "../../offchain/market/meters.ts";
import { meterCertificates } from "../stores/meterCertificates.ts";
import { connect, playerNamed, type Connected } from "../support/connection.ts";
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

export interface MeterRegisterArguments extends CertifyArguments {
  readonly state: string;
  readonly as: string;
  readonly certificate: string | undefined;
  readonly json: boolean;
}

export default function action(
  args: MeterRegisterArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { certificate: file } = args;
    const signed = await (file === undefined
      ? registerHere(connected, args)
      : bringCertificate(connected, args.as, file));
    printFacts(await keyFacts(connected, keyIdIn(signed)), args.json);
  });
}

/** All three steps, in a folder that plays pile and authority. */
async function registerHere(
  connected: Connected,
  args: MeterRegisterArguments,
): Promise<SignedMeterCertificate> {
  const { market, operator } = connected;
  const meter = await meterToCertify(connected, args);
  const issuing = issueMeterCertificate(market, await connected.authority(), meter);
  const issued = await withRemedies(KEY_REMEDIES, issuing);
  sayIfMoves(issued);
  await relayMeterCertificate(market, await operator(), issued);
  return issued;
}

/** The last step alone. Somebody who is named pays for it; else the operator. */
async function bringCertificate(
  connected: Connected,
  name: string,
  file: string,
): Promise<SignedMeterCertificate> {
  const { market, operator } = connected;
  const signed = await meterCertificates.read(file);
  const player = name === "" ? null : await playerNamed(connected, name);
  await relayMeterOnce(
    market,
    () => (player ? Promise.resolve(player.wallet) : operator()),
    signed,
  );
  return signed;
}
