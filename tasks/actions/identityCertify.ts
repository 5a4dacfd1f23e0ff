/**
 * `identity certify`: the authority looks at a request and signs a certificate, which anybody
 * brings to the chain. Nothing is sent.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { checkEnrolmentRequest } from "../../offchain/core/messages/applicant.ts";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { certifyApplicant, registryOf } from "../../offchain/market/participants.ts";
import { enrolmentRequests, issuedCertificates } from "../stores/enrolments.ts";
import { connect } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { geoLink } from "../support/places.ts";
import { moment, printFacts } from "../support/print.ts";

export interface IdentityCertifyArguments {
  readonly state: string;
  readonly request: string;
  readonly days: number;
  readonly out: string;
  readonly json: boolean;
}

export default function action(
  args: IdentityCertifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, deployment } = connected;
    const request = await enrolmentRequests.read(args.request);
    checkEnrolmentRequest(await registryOf(market), request);
    const { applicant, site } = request;
    const authority = { wallet: await connected.authority(), rng: systemRng };
    const nowSeconds = await connected.now();
    const terms = { applicant, days: args.days, nowSeconds };
    const signed = await certifyApplicant(market, authority, terms);
    await issuedCertificates.write(args.out, signed);
    const { account, kind, participantId, pile } = applicant;
    const place = site && {
      ratedPowerW: pile?.ratedPowerW ?? null,
      xM: site.xM,
      yM: site.yM,
      geo: geoLink(deployment.corner, site),
    };
    const { validUntil, relayBy } = signed.certificate;
    const times = { validUntil: moment(validUntil), relayBefore: moment(relayBy) };
    printFacts(
      { account, kind, participantId, ...place, ...times, certificate: args.out },
      args.json,
    );
  });
}
