/**
 * `meter certify`: the authority looks at a pile's request and signs a certificate of its meter,
 * which anybody brings to the chain. Nothing is sent.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { acceptMeterRequest } from "../../offchain/market/meterRequests.ts";
import { issueMeterCertificate } from "../../offchain/market/meters.ts";
import { meterCertificates, meterRequests } from "../stores/meterCertificates.ts";
import { connect } from "../support/connection.ts";
import { KEY_REMEDIES } from "../support/meters.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { moment, printFacts } from "../support/print.ts";
import { withRemedies } from "../support/remedies.ts";

export interface MeterCertifyArguments {
  readonly state: string;
  readonly request: string;
  readonly days: number;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: MeterCertifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market } = connected;
    const request = await meterRequests.read(args.request);
    const meter = { ...(await acceptMeterRequest(market, request)), validDays: args.days };
    const issuing = issueMeterCertificate(market, await connected.authority(), meter);
    const { keyId, movesFrom, ...signed } = await withRemedies(KEY_REMEDIES, issuing);
    await meterCertificates.write(args.out, signed);
    const { issue, ratedPowerW, lastPagination, validUntil, relayBy } = signed.certificate;
    const facts = { pile: meter.pile, key: keyId, issue, ratedPowerW, lastPagination };
    const seen = { meterSigned: request.record !== null, movesFrom };
    const times = { validUntil: moment(validUntil), relayBefore: moment(relayBy) };
    printFacts({ ...facts, ...seen, ...times, certificate: args.out }, args.json);
  });
}
