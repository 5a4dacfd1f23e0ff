/**
 * `identity certify`: the authority looks at a request and signs a certificate, which anybody
 * brings to the chain. Nothing is sent.
 */
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { systemRng } from "../../offchain/core/primitives/random.ts";
import { certifyRequest, matchersOfOperator } from "../../offchain/market/participants.ts";
import { enrolmentRequests, issuedCertificates } from "../stores/enrolments.ts";
import { connect } from "../support/connection.ts";
import { concluded, type Outcome } from "../support/outcome.ts";
import { DAYS_REMEDIES } from "../support/applicants.ts";
import { type Remedies, withRemedies } from "../support/remedies.ts";
import { geoLink } from "../support/places.ts";
import { actingSigner, sayMissing } from "../support/signing.ts";
import { moment, printFacts } from "../support/print.ts";

export interface IdentityCertifyArguments {
  readonly state: string;
  readonly request: string;
  readonly days: number;
  readonly out: string;
  /** Who signs; the operator by default. */
  readonly by: string | undefined;
  readonly json: boolean;
}

const REMEDIES: Remedies = {
  ...DAYS_REMEDIES,
  E_ENROLMENT_SIGNATURE: ({ message }) => `--request: ${message}`,
  E_ENROLMENT_SITE: ({ message }) => `--request: ${message}`,
  E_ENROLMENT_OPERATOR: ({ message }) => `--request: ${message}`,
  E_OTHER_ACT: ({ message }) => `--out: ${message}`,
  E_ACT_TIME: ({ message }) => `--out, --days: ${message}`,
};

export default function action(
  args: IdentityCertifyArguments,
  hre: HardhatRuntimeEnvironment,
): Promise<Outcome> {
  return concluded(async () => {
    const connected = await connect(hre, args.state);
    const { market, deployment } = connected;
    const request = await enrolmentRequests.read(args.request);
    const authority = { wallet: await actingSigner(connected, hre, args.by), rng: systemRng };
    const nowSeconds = await connected.now();
    const terms = { request, days: args.days, nowSeconds };
    const alsoRuns = await matchersOfOperator(market, request.applicant);
    const earlier = await issuedCertificates.readIfThere(args.out);
    const certifying = certifyRequest(market, authority, terms, earlier);
    const { act: signed, missing } = await withRemedies(REMEDIES, certifying);
    await issuedCertificates.write(args.out, signed);
    sayMissing(missing, args.out);
    const { applicant, site } = request;
    const { account, kind, participantId, pile, operator } = applicant;
    const place = site && {
      ratedPowerW: pile?.ratedPowerW ?? null,
      xM: site.xM,
      yM: site.yM,
      geo: geoLink(deployment.corner, site),
    };
    const { validUntil, relayBy } = signed.certificate;
    const times = { validUntil: moment(validUntil), relayBefore: moment(relayBy) };
    printFacts(
      {
        account,
        kind,
        participantId,
        ...(operator !== null && { operator, alsoRuns }),
        ...place,
        ...times,
        certificate: args.out,
        missing,
      },
      args.json,
    );
  });
}
