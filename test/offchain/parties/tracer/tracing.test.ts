/**
 * Tracers and the chain: what is granted there is opened, and nothing else, whatever the tracers
 * are told.
 */
import { expect } from "chai";
import { id, ZeroHash } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { presentationId } from "../../../../offchain/core/credential/presentation.ts";
import { showCredential } from "../../../../offchain/core/credential/show.ts";
import { signTraceApproval } from "../../../../offchain/core/messages/traceApproval.ts";
import { bytesToHex, type Hex } from "../../../../offchain/core/primitives/bytes.ts";
import { send } from "../../../../offchain/chain/market.ts";
import * as tracing from "../../../../offchain/parties/tracer/tracing.ts";
import { populatedWorld, type MarketWorld } from "../../../support/market/deployed.ts";
import {
  asyncCodeOf,
  codeOf,
  credentialOf,
  demandAt,
  type Person,
  personIn,
  worldOf,
} from "../../../support/credential/world.ts";

const { approvedCases, openingFrom, partOfTracer } = tracing;
type TraceRequest = tracing.TraceRequest;

const CASE = id("a case");

describe("tracers", function () {
  this.timeout(120_000);

  const credentials = worldOf("tracers on a chain", { threshold: 2, members: 3 });
  const { parameters, rng } = credentials;
  let connection: NetworkConnection;
  let world: MarketWorld;
  let person: Person;
  let request: TraceRequest;
  let other: TraceRequest;

  before(async () => {
    connection = await network.create();
    world = await populatedWorld(connection);
    person = personIn(credentials, "anna");
    const anna = await credentialOf(credentials, person);
    const demand = demandAt(credentials, "a place");
    const shown = (): Uint8Array => showCredential(parameters, anna, demand, rng);
    request = { caseId: CASE, presentation: shown(), demand };
    other = { caseId: CASE, presentation: shown(), demand };
  });

  after(() => connection.close());

  const partOf = (tracer: number, traced = request): Promise<Uint8Array> => {
    const share = credentials.shares[tracer - 1];
    if (share === undefined) throw new RangeError(`partOf: expected a tracer, got ${tracer}`);
    return partOfTracer(world.market, parameters, share, traced, rng);
  };
  const hashOf = ({ presentation }: TraceRequest): Hex => bytesToHex(presentationId(presentation));

  it("take a share for one thing alone: a part of an opening, which asks the chain", () => {
    expect(tracing).to.have.all.keys("approvedCases", "partOfTracer", "openingFrom");
  });

  it("open nothing that nobody asked for, nor what is asked for and not granted", async () => {
    const cases = approvedCases(world.market);
    expect(await cases.approvedPresentation(CASE)).to.equal(null);
    expect(await asyncCodeOf(() => partOf(1))).to.equal("E_CASE");
    const { identities } = world.market.contracts;
    const asking = identities.connect(world.matcher.signer);
    await send(world.market, asking.requestTrace(CASE, hashOf(request)));
    expect(await cases.approvedPresentation(CASE)).to.equal(null);
    expect(await asyncCodeOf(() => partOf(1))).to.equal("E_CASE");
  });

  it("open what the court has granted, and no other presentation or case", async () => {
    const { identities } = world.market.contracts;
    const registry = {
      chainId: world.market.chainId,
      identities: await identities.getAddress(),
    };
    const approval = { caseId: CASE, presentationHash: hashOf(request) };
    const signature = await signTraceApproval(world.authority, registry, approval);
    const relayed = identities.connect(world.stranger);
    await send(world.market, relayed.grantTrace(CASE, approval.presentationHash, signature));
    expect(await approvedCases(world.market).approvedPresentation(CASE)).to.equal(hashOf(request));
    expect(await asyncCodeOf(() => partOf(1, other))).to.equal("E_CASE");
    const elsewhere = { ...request, caseId: id("another case") };
    expect(await asyncCodeOf(() => partOf(1, elsewhere))).to.equal("E_CASE");
    const zero = { ...request, caseId: ZeroHash };
    expect(await asyncCodeOf(() => partOf(1, zero))).to.equal("E_CASE");

    const one = await partOf(1);
    expect(codeOf(() => openingFrom(parameters, request, [one]))).to.equal("E_THRESHOLD");
    const { identifier } = openingFrom(parameters, request, [one, await partOf(3)]);
    const [entry] = credentials.entries;
    expect(entry).to.include({ identifier, memberId: person.memberId });
  });
});
