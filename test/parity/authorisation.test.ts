/**
 * What a handshake ends in, and what the registry makes of it; and a case, from its request to the
 * tracers.
 */
import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/types";
import { expect } from "chai";
import { id, recoverAddress, TypedDataEncoder, Wallet, type TypedDataDomain } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";
import { roleNumber, ROLES } from "../../offchain/core/credential/attributes.ts";
import {
  authorisationMessage,
  nymHashOf,
  SESSION_AUTHORISATION_TYPES,
  signAuthorisation,
  type SessionAuthorisation,
  type SignedAuthorisation,
} from "../../offchain/core/credential/handshake/authorisation.ts";
import {
  answerHello,
  answerProof,
  confirmSession,
  memoryStationBooks,
  type StationBooks,
  type StationTerms,
} from "../../offchain/core/credential/handshake/station.ts";
import {
  finishHandshake,
  proveVehicle,
  startHandshake,
} from "../../offchain/core/credential/handshake/vehicle.ts";
import { loggedCases } from "../../offchain/core/credential/loggedCases.ts";
import { openShare } from "../../offchain/core/credential/opening.ts";
import { acceptParameters } from "../../offchain/core/credential/parameters.ts";
import { presentationId } from "../../offchain/core/credential/presentation.ts";
import { placeId, stationScopeId } from "../../offchain/core/credential/scope.ts";
import type { Demand } from "../../offchain/core/credential/verify.ts";
import { AUTHORISED_ROLES } from "../../offchain/core/messages/market.ts";
import { signTraceApproval } from "../../offchain/core/messages/traceApproval.ts";
import { identityDomain, TRACE_APPROVAL_TYPES } from "../../offchain/core/messages/typedData.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { certify } from "../../offchain/parties/authority/dealing.ts";
import { send } from "../../offchain/chain/market.ts";
import { nowSeconds, populatedWorld, type MarketWorld } from "../support/market/deployed.ts";
import {
  asyncCodeOf,
  credentialOf,
  EPOCH,
  personIn,
  worldOf,
  type World,
} from "../support/credential/world.ts";

const SLOT_SECONDS = 3_600;
const ACCOUNT = new Wallet(id("a fresh account"));
const OTHER_ACCOUNT = new Wallet(id("another fresh account"));

/** A handshake that both sides have confirmed, and what the station keeps of it. */
interface Shaken {
  readonly signed: SignedAuthorisation;
  readonly presentation: Uint8Array;
  readonly demand: Demand;
}

describe("session authorisations and tracing cases, off chain and on chain", function () {
  this.timeout(60_000);

  let connection: NetworkConnection;
  let world: MarketWorld;
  let registry: { readonly chainId: bigint; readonly identities: string };
  let domain: TypedDataDomain;
  let credentials: World;
  let shaken: Shaken;

  before(async () => {
    connection = await network.create();
    world = await connection.networkHelpers.loadFixture(populatedWorld);
    const { chainId, contracts } = world.market;
    registry = { chainId, identities: await contracts.identities.getAddress() };
    domain = identityDomain(chainId, registry.identities);
    const dealt = worldOf("authorisations on chain");
    credentials = {
      ...dealt,
      parameters: acceptParameters({ ...dealt.published, registry }),
    };
    shaken = await shakeHands(world, credentials, registry);
  });
  after(() => connection.close());

  const relayed = (
    shown: SessionAuthorisation,
    signature: string,
    consent = shaken.signed.consent,
  ): Promise<void> => {
    const { identities } = world.market.contracts;
    return identities.authorise.staticCall(authorisationMessage(shown), signature, consent);
  };
  const refused = (shown: SessionAuthorisation, signature: string): Promise<void> =>
    expect(relayed(shown, signature)).to.be.revertedWithCustomError(
      world.market.contracts.identities,
      "IdentityBadSignature",
    );

  it("has the fields of the Solidity struct, in its order", () => {
    const { identities } = world.market.contracts;
    const [input] = identities.interface.getFunction("authorise").inputs;
    const fields = (input?.components ?? []).map(({ name, type }) => ({ name, type }));
    expect(fields).to.deep.equal(SESSION_AUTHORISATION_TYPES.SessionAuthorisation);
  });

  it("numbers roles as credentials do", () => {
    for (const role of ROLES) expect(AUTHORISED_ROLES[roleNumber(role)]).to.equal(role);
    expect(AUTHORISED_ROLES.length).to.equal(ROLES.length + 1);
  });

  it("hashes approvals as the contract's parameters say", () => {
    const { inputs } = world.market.contracts.identities.interface.getFunction("grantTrace");
    const fields = inputs.slice(0, -1).map(({ name, type }) => ({ name, type }));
    expect(fields).to.deep.equal(TRACE_APPROVAL_TYPES.TraceApproval);
  });

  it("is accepted as signed: the contract's digest is the one that was signed off chain", async () => {
    const { authorisation, signature } = shaken.signed;
    const message = authorisationMessage(authorisation);
    const digest = TypedDataEncoder.hash(domain, SESSION_AUTHORISATION_TYPES, message);
    expect(recoverAddress(digest, signature)).to.equal(world.pile.signer.address);
    await relayed(authorisation, signature);
  });

  it("hashes scope and pseudonym as the contract does", async () => {
    const { identities } = world.market.contracts;
    const { stationId, place, slotStart, slotEnd, nym } = shaken.signed.authorisation;
    const scope = await identities.scopeOf(stationId, place, slotStart, slotEnd);
    expect(scope).to.equal(stationScopeId(shaken.signed.authorisation));
    expect(await identities.nymHashOf(scope, nym)).to.equal(nymHashOf(shaken.signed.authorisation));
  });

  it("is refused without the account's own consent", async () => {
    const { authorisation, signature } = shaken.signed;
    const others = await Promise.all([
      signAuthorisation(registry, OTHER_ACCOUNT, authorisation),
      signAuthorisation(registry, ACCOUNT, { ...authorisation, maxEnergyWh: 1 }),
      signAuthorisation({ ...registry, chainId: 1n }, ACCOUNT, authorisation),
    ]);
    for (const consent of ["0x", signature, ...others]) {
      await expect(relayed(authorisation, signature, consent)).to.be.revertedWithCustomError(
        world.market.contracts.identities,
        "IdentityNoConsent",
      );
    }
  });

  const changes: readonly (readonly [field: string, to: Partial<SessionAuthorisation>])[] = [
    ["account", { account: OTHER_ACCOUNT.address }],
    ["role", { role: "discharge" }],
    ["place", { place: id("another place") }],
    ["nym", { nym: id("another nym") }],
    ["maxEnergyWh", { maxEnergyWh: 1 }],
  ];
  for (const [field, to] of changes) {
    it(`is refused after ${field} was changed`, async () => {
      await refused({ ...shaken.signed.authorisation, ...to }, shaken.signed.signature);
    });
  }

  it("is refused after its slot or its station were changed", async () => {
    const { authorisation, signature } = shaken.signed;
    await refused({ ...authorisation, slotStart: authorisation.slotStart - 1 }, signature);
    await refused({ ...authorisation, slotEnd: authorisation.slotEnd - 1 }, signature);
    await refused({ ...authorisation, stationId: world.otherPile.id }, signature);
  });

  it("is refused when signed for another domain", async () => {
    const elsewhere = [
      { ...domain, name: "ChargeVeil" },
      { ...domain, version: "2" },
      { ...domain, chainId: 1n },
      { ...domain, verifyingContract: await world.market.contracts.escrow.getAddress() },
    ];
    const message = authorisationMessage(shaken.signed.authorisation);
    for (const other of elsewhere) {
      const signature = await world.pile.signer.signTypedData(
        other,
        SESSION_AUTHORISATION_TYPES,
        message,
      );
      await refused(shaken.signed.authorisation, signature);
    }
  });

  it("lets the account of a handshake take part, once", async () => {
    const { identities } = world.market.contracts;
    const { authorisation, signature, consent } = shaken.signed;
    const [scope, nymHash] = [stationScopeId(authorisation), nymHashOf(authorisation)];
    const snapshot = await connection.networkHelpers.takeSnapshot();
    const asStranger = identities.connect(world.stranger);
    const message = authorisationMessage(authorisation);
    await send(world.market, asStranger.authorise(message, signature, consent));

    await identities.requireStanding(ACCOUNT.address, 1n);
    await identities.requireScope(ACCOUNT.address, scope, authorisation.slotEnd);
    await identities.requireSlot(ACCOUNT.address, authorisation.slotStart, authorisation.slotEnd);
    expect(await identities.accountOf(nymHash)).to.equal(ACCOUNT.address);
    expect(await identities.idOf(ACCOUNT.address)).to.equal(nymHash);
    const stored = await identities.authorisationOf(ACCOUNT.address);
    expect([...stored]).to.deep.equal([
      ACCOUNT.address,
      1n,
      scope,
      nymHash,
      world.pile.id,
      BigInt(authorisation.slotStart),
      BigInt(authorisation.slotEnd),
      BigInt(authorisation.maxEnergyWh),
    ]);
    await expect(relayed(authorisation, signature)).to.be.revertedWithCustomError(
      identities,
      "IdentityAccountTaken",
    );
    await snapshot.restore();
  });

  it("lets tracers open what the court has granted, and nothing before", async () => {
    const { identities } = world.market.contracts;
    const caseId = id("a case");
    const presentationHash = bytesToHex(presentationId(shaken.presentation));
    const opened = (): Promise<string> => asyncCodeOf(() => openedShare(caseId));
    expect(await opened()).to.equal("E_CASE");

    const asPile = identities.connect(world.pile.signer);
    await send(world.market, asPile.requestTrace(caseId, presentationHash));
    expect(await opened()).to.equal("E_CASE");

    const approval = { caseId, presentationHash };
    const grant = (signature: string): Promise<void> =>
      identities.connect(world.stranger).grantTrace.staticCall(caseId, presentationHash, signature);
    const forged = await signTraceApproval(world.stranger, registry, approval);
    await expect(grant(forged)).to.be.revertedWithCustomError(
      identities,
      "IdentityTraceNotApproved",
    );
    const signature = await signTraceApproval(world.authority, registry, approval);
    const asStranger = identities.connect(world.stranger);
    await send(world.market, asStranger.grantTrace(caseId, presentationHash, signature));
    expect(await identities.grantedPresentation(caseId)).to.equal(presentationHash);
    expect(await opened()).to.equal("accepted");
    expect(await asyncCodeOf(() => openedShare(id("another case")))).to.equal("E_CASE");
  });

  const openedShare = (caseId: string): Promise<Uint8Array> => {
    const { presentation, demand } = shaken;
    const [share] = credentials.shares;
    if (share === undefined) throw new RangeError("expected a tracer");
    const cases = loggedCases(world.market.contracts.identities);
    const request = { caseId, presentation, demand };
    return openShare(credentials.parameters, share, request, cases, credentials.rng);
  };
});

/** A vehicle with a credential, and the pile of the world. */
async function shakeHands(
  world: MarketWorld,
  credentials: World,
  registry: { readonly chainId: bigint; readonly identities: string },
): Promise<Shaken> {
  const { parameters, rng } = credentials;
  const credential = await credentialOf(credentials, personIn(credentials, "anna"));
  const now = await nowSeconds(world);
  const station: HardhatEthersSigner = world.pile.signer;
  const { certificate, signature } = await certify(
    world.authority,
    registry,
    {
      account: station.address,
      participantId: world.pile.id,
      kind: "pile",
      pile: { kind: "private", ratedPowerW: 22_000, siteCommitment: id("a site") },
    },
    { validUntil: now + 86_400, relayBy: now + 3_600 },
    rng,
  );
  const agreed = {
    place: placeId(parameters, "session", world.pile.id),
    slotStart: now + 60,
    slotEnd: now + SLOT_SECONDS,
    epoch: EPOCH,
    maxEnergyWh: 60_000,
  };
  const terms: StationTerms = {
    certificate,
    certificateSignature: signature,
    roles: ["charge"],
    ...agreed,
  };
  const expected = {
    authority: world.authority.address,
    stationId: world.pile.id,
    siteCommitment: id("a site"),
    nowSeconds: now,
    ...agreed,
  };
  const kept: Omit<Shaken, "signed">[] = [];
  const memory = memoryStationBooks();
  const books: StationBooks = {
    ...memory,
    grant: (signed, shown) => {
      kept.push(shown);
      return memory.grant(signed, shown);
    },
  };

  const hello = startHandshake(rng);
  const answer = await answerHello(parameters, terms, station, hello.message, rng);
  const proven = await proveVehicle(
    parameters,
    hello,
    answer.message,
    expected,
    credential,
    ACCOUNT,
    rng,
  );
  const decided = await answerProof(parameters, terms, station, books, answer, proven.message, now);
  const [of] = kept;
  if (decided.pending === null || of === undefined) {
    throw new RangeError(`expected a session, got ${decided.reason ?? "none"}`);
  }
  const done = finishHandshake(parameters, proven, decided.message);
  return { signed: confirmSession(decided.pending, done.message), ...of };
}
