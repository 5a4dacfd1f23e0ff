/**
 * A registrar that frames a member. It makes a key of its own, enters it in its books for Ben,
 * joins and charges under it, and lets the court find "Ben". The straw man believes the books: an
 * id, a key beside it and a request that this key has signed. Against the product the registrar
 * cannot sign for Ben's id, an accusation that rests on its books alone is refused, and one that it
 * makes whole carries its own word, which Ben's naming shows to be a lie.
 */
import { expect } from "chai";
import { id } from "ethers";
import {
  type Accusation,
  type Accused,
  verifyAccusation,
} from "../../offchain/core/credential/accusation.ts";
import { generateHolderSecret } from "../../offchain/core/credential/holder.ts";
import {
  assertJoinRequest,
  joinHash,
  joinRequestFromBytes,
  joinRequestToBytes,
} from "../../offchain/core/credential/joinRequest.ts";
import { generateSigningKey, signHash } from "../../offchain/core/credential/longTermKey.ts";
import {
  assertNaming,
  contradict,
  memberIdOf,
  type Naming,
} from "../../offchain/core/credential/naming.ts";
import { openShare } from "../../offchain/core/credential/opening.ts";
import { combineOpening, type TraceRequest } from "../../offchain/core/credential/openingProof.ts";
import { nameMember } from "../../offchain/core/credential/registrar.ts";
import { showCredential } from "../../offchain/core/credential/show.ts";
import type { Bytes32 } from "../../offchain/core/messages/market.ts";
import { bytesToHex } from "../../offchain/core/primitives/bytes.ts";
import { memberBehind } from "../../offchain/parties/authority/credentials.ts";
import { keepNaming, memoryMembership } from "../../offchain/parties/vehicle/membership.ts";
import {
  approving,
  asyncCodeOf,
  codeOf,
  credentialOf,
  demandAt,
  flipped,
  type Person,
  personIn,
  type World,
  worldOf,
} from "../support/credential/world.ts";

/** What a case has come to: the request, and all that names somebody. */
interface Traced {
  readonly request: TraceRequest;
  readonly accusation: Accusation;
}

describe("a registrar that frames a member", function () {
  this.timeout(120_000);

  let world: World;
  let ben: Person;
  let framed: Traced;
  /** The registrar's own key, which its books call Ben's. */
  let invented: Person;

  before(async () => {
    world = worldOf("framing registrar");
    ben = personIn(world, "ben");
    await credentialOf(world, ben);
    invented = personIn(world, "ben");
    framed = await tracedTo(world, invented, "a place");
  });

  const verdict = (accusation: Accusation): string =>
    codeOf(() => verifyAccusation(world.parameters, framed.request, accusation));

  it("is believed where the register is its books", () => {
    const request = joinRequestFromBytes(framed.accusation.request);
    // Ben's id with the registrar's key beside it, as the books have it.
    const books = new Map<Bytes32, Uint8Array>([[ben.memberId, invented.longTermKey.publicKey]]);
    const believed = [...books].find(([, key]) =>
      key.every((b, i) => b === request.longTermKey[i]),
    );
    expect(
      codeOf(() => {
        assertJoinRequest(world.parameters, request);
      }),
    ).to.equal("accepted");
    expect(believed?.[0]).to.equal(ben.memberId);
  });

  it("cannot sign for Ben's id: another key is another id, and Ben's key signs nothing of it", () => {
    const { naming, request: bytes } = framed.accusation;
    expect(verdict({ ...framed.accusation, naming: ben.naming })).to.equal("E_MEMBER");
    const moved = { ...naming, memberId: ben.memberId };
    expect(verdict({ ...framed.accusation, naming: moved })).to.equal("E_SIGNATURE");
    const request = joinRequestFromBytes(bytes);
    const swapped = { ...request, longTermKey: ben.longTermKey.publicKey };
    const signature = signHash(joinHash(world.parameters, swapped), invented.longTermKey);
    const forged = joinRequestToBytes({ ...swapped, signature });
    expect(verdict({ ...framed.accusation, request: forged, naming: ben.naming })).to.equal(
      "E_SIGNATURE",
    );
  });

  it("is convicted by its own word, which it needs to be believed", () => {
    const { parameters } = world;
    const accused = verifyAccusation(parameters, framed.request, framed.accusation);
    expect(accused.name).to.equal("ben");
    expect(accused.memberId).not.to.equal(ben.memberId);
    expect(contradict(parameters, ben.naming, framed.accusation.naming)).to.equal(true);
  });

  it("convicts nobody who is honest: not of the same naming, and not of two names", async () => {
    const { parameters } = world;
    const anna = personIn(world, "anna");
    const honest = await tracedTo(world, anna, "another place");
    const accused: Accused = verifyAccusation(parameters, honest.request, honest.accusation);
    expect(accused).to.include({ name: "anna", memberId: anna.memberId });
    expect(contradict(parameters, anna.naming, honest.accusation.naming)).to.equal(false);
    expect(contradict(parameters, ben.naming, honest.accusation.naming)).to.equal(false);
    // Nor can anybody make the registrar's lie for it.
    const other = worldOf("another registrar");
    const foreign = nameMember(
      other.parameters,
      other.issuerKey,
      { name: "ben", memberId: anna.memberId },
      other.rng,
    );
    expect(codeOf(() => contradict(parameters, ben.naming, foreign))).to.equal("E_SIGNATURE");
  });

  it("names nobody by another's request, opening or case", async () => {
    const honest = await tracedTo(world, personIn(world, "carla"), "a third place");
    const { accusation } = framed;
    const { opening, request } = honest.accusation;
    expect(verdict({ ...accusation, request })).to.equal("E_IDENTIFIER");
    expect(verdict({ ...accusation, opening })).to.equal("E_THRESHOLD");
    const elsewhere = { ...framed.request, caseId: id("another case") };
    expect(codeOf(() => verifyAccusation(world.parameters, elsewhere, accusation))).to.equal(
      "E_THRESHOLD",
    );
  });

  it("gives no member a naming that is another's, altered or another registrar's", async () => {
    const { parameters, rng } = world;
    const longTermKey = generateSigningKey(rng);
    const memberId = memberIdOf(longTermKey.publicKey);
    const secret = generateHolderSecret(rng);
    const membership = { memberId, longTermKey, secret, naming: null, joined: null };
    const store = memoryMembership();
    await store.keepMembership(membership);
    const kept = (naming: Naming): Promise<string> =>
      asyncCodeOf(() => keepNaming(parameters, store, membership, naming));
    const own = nameMember(parameters, world.issuerKey, { name: "dora", memberId }, rng);
    expect(await kept(ben.naming)).to.equal("E_MEMBER");
    expect(await kept({ ...own, name: "dorian" })).to.equal("E_SIGNATURE");
    expect(await kept({ ...own, signature: flipped(own.signature, 63) })).to.equal("E_SIGNATURE");
    expect(await kept({ ...own, signature: own.signature.subarray(1) })).to.equal("E_LENGTH");
    expect((await store.membership())?.naming).to.equal(null);
    expect(await kept(own)).to.equal("accepted");
    // A registrar that calls the member something else later does not take its first word back.
    const renamed = nameMember(parameters, world.issuerKey, { name: "dorian", memberId }, rng);
    expect((await keepNaming(parameters, store, membership, renamed)).naming).to.deep.equal(own);
    expect((await store.membership())?.naming).to.deep.equal(own);
    const other = worldOf("another registrar");
    expect(
      codeOf(() => {
        assertNaming(other.parameters, own);
      }),
    ).to.equal("E_SIGNATURE");
  });

  it("has nothing to say about an identifier that nobody has joined under", async () => {
    const nobody = {
      requestBehind: () => Promise.resolve(undefined),
      knownMember: () => Promise.resolve(undefined),
    };
    expect(await asyncCodeOf(() => memberBehind(nobody, "0x01"))).to.equal("E_MEMBER");
  });
});

/** Somebody joins, shows itself and is found. */
async function tracedTo(world: World, person: Person, place: string): Promise<Traced> {
  const { parameters, rng, shares } = world;
  const credential = await credentialOf(world, person);
  const demand = demandAt(world, place);
  const presentation = showCredential(parameters, credential, demand, rng);
  const request = { caseId: id(`case at ${place}`), presentation, demand };
  const [share] = shares;
  if (share === undefined) throw new RangeError("expected a tracer");
  const part = await openShare(parameters, share, request, approving(request), rng);
  const { identifier, parts } = combineOpening(parameters, request, [part]);
  const entry = world.entries.find((one) => one.identifier === identifier);
  const accusation = {
    opening: { identifier, parts },
    request: entry?.request ?? new Uint8Array(),
    naming: person.naming,
  };
  expect(bytesToHex(accusation.request)).not.to.equal("0x");
  return { request, accusation };
}
