/**
 * Tracing: t tracers find who it was, fewer find nothing, nobody is accused wrongly, and nobody
 * hides.
 */
import { expect } from "chai";
import { id as hashOfText } from "ethers";
import { proveEquality } from "../../../../offchain/core/credential/equality.ts";
import {
  decodeG1,
  encodeScalar,
  G,
  H0,
  inverse,
  type PointG1,
  randomScalar,
  reduced,
} from "../../../../offchain/core/credential/group.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import { joinRequestFromBytes } from "../../../../offchain/core/credential/joinRequest.ts";
import { memberIdOf } from "../../../../offchain/core/credential/naming.ts";
import { type ApprovedCases, openShare } from "../../../../offchain/core/credential/opening.ts";
import {
  combineOpening,
  type Opening,
  PARTIAL_OPENING_BYTES,
  type TraceRequest,
  verifyOpening,
} from "../../../../offchain/core/credential/openingProof.ts";
import {
  type Presentation,
  presentationChallenge,
  presentationFromBytes,
  presentationToBytes,
} from "../../../../offchain/core/credential/presentation.ts";
import { pseudonymBase } from "../../../../offchain/core/credential/scope.ts";
import { showCredential } from "../../../../offchain/core/credential/show.ts";
import {
  acceptShare,
  acceptTracers,
  dealTracers,
  lagrangeWeight,
} from "../../../../offchain/core/credential/tracers.ts";
import type { Demand } from "../../../../offchain/core/credential/verify.ts";
import { bytesToHex, type Hex, hexToBytes } from "../../../../offchain/core/primitives/bytes.ts";
import { counterRng } from "../../../support/primitives/draws.ts";
import {
  announcedOf,
  believesLateEscrow,
  believesUnprovenEscrow,
  clearPoint,
  lateEscrowChallenge,
} from "../../../support/credential/strawMen.ts";
import {
  approving,
  asyncCodeOf,
  CHARGE,
  codeOf,
  credentialsOf,
  demandAt,
  flipped,
  type World,
  worldOf,
} from "../../../support/credential/world.ts";

interface Scene {
  readonly world: World;
  readonly anna: Credential;
  readonly demand: Demand;
  readonly request: TraceRequest;
  /** V of the people of the scene, by name. */
  readonly identifiers: Readonly<Record<"anna" | "ben", Hex>>;
}

/** Anna has shown her credential, Ben is innocent. */
async function sceneOf(
  name: string,
  threshold: number,
  members: number,
  dealers = 1,
): Promise<Scene> {
  const world = worldOf(name, { threshold, members }, dealers);
  const [anna, ben] = await credentialsOf(world, ["anna", "ben"]);
  if (anna === undefined || ben === undefined) throw new RangeError("expected two people");
  const demand = demandAt(world, "a place");
  const presentation = showCredential(world.parameters, anna, demand, world.rng);
  const request = { caseId: hashOfText(name), presentation, demand };
  return { world, anna, demand, request, identifiers: { anna: nameOf(anna), ben: nameOf(ben) } };
}

function nameOf({ usk }: Credential): Hex {
  return bytesToHex(G.multiply(usk).toBytes());
}

async function partsOf(
  { world, request }: Scene,
  cases = approving(request),
): Promise<Uint8Array[]> {
  const { parameters, shares, rng } = world;
  const parts: Uint8Array[] = [];
  for (const share of shares) parts.push(await openShare(parameters, share, request, cases, rng));
  return parts;
}

function chosen<T>(list: readonly T[], ...places: readonly number[]): readonly T[] {
  return places.flatMap((place) => list.slice(place, place + 1));
}

describe("an opening", function () {
  this.timeout(120_000);

  it("by a single tracer names the one who showed, and is checked by anyone", async () => {
    const scene = await sceneOf("one tracer", 1, 1);
    const { parameters, entries } = scene.world;
    const opening = combineOpening(parameters, scene.request, await partsOf(scene));
    expect(opening.identifier).to.equal(scene.identifiers.anna);
    const { longTermKey } = joinRequestFromBytes(entries[0]?.request ?? new Uint8Array());
    const memberId = memberIdOf(longTermKey);
    expect(entries[0]).to.include({ identifier: opening.identifier, memberId });
    expect(
      codeOf(() => {
        verifyOpening(parameters, scene.request, opening);
      }),
    ).to.equal("accepted");
    expect(opening.parts.map(({ length }) => length)).to.deep.equal([PARTIAL_OPENING_BYTES]);
  });

  it("by any two of three names the same, by one nobody; a wrong or repeated part is named and left out", async () => {
    const scene = await sceneOf("two of three", 2, 3, 2);
    const { parameters } = scene.world;
    const parts = await partsOf(scene);
    const combined = (...list: readonly Uint8Array[]): ReturnType<typeof combineOpening> =>
      combineOpening(parameters, scene.request, list);
    for (const places of [
      [0, 1],
      [2, 0],
      [1, 2],
      [0, 1, 2],
    ]) {
      expect(combined(...chosen(parts, ...places)).identifier).to.equal(scene.identifiers.anna);
    }
    const [one = new Uint8Array(), two = new Uint8Array(), three = new Uint8Array()] = parts;
    expect(codeOf(() => combined(one))).to.equal("E_THRESHOLD");
    expect(codeOf(() => combined(one, one))).to.equal("E_THRESHOLD");
    const renamed = new Uint8Array([2, ...one.subarray(1)]);
    const wrong = [
      renamed,
      flipped(one, 112),
      flipped(one, 48),
      one.subarray(1),
      new Uint8Array([9, ...one.subarray(1)]),
    ];
    for (const bytes of wrong) expect(codeOf(() => combined(bytes, three))).to.equal("E_THRESHOLD");
    const rescued = combined(flipped(two, 112), one, one, three);
    expect(rescued.refused).to.deep.equal([0, 2]);
    expect(rescued.identifier).to.equal(scene.identifiers.anna);
  });

  it("needs an approved case for this very presentation, before anything is looked at", async () => {
    const scene = await sceneOf("cases", 1, 1);
    const other = showCredential(scene.world.parameters, scene.anna, scene.demand, scene.world.rng);
    const none: ApprovedCases = { approvedPresentation: () => Promise.resolve(null) };
    const another = approving({ ...scene.request, presentation: other });
    const anotherCase = approving({ ...scene.request, caseId: hashOfText("another case") });
    for (const cases of [none, another, anotherCase]) {
      expect(await asyncCodeOf(() => partsOf(scene, cases))).to.equal("E_CASE");
    }
  });

  it("is refused if it is somebody else's, another case's, or of too few or too many parts", async () => {
    const scene = await sceneOf("false openings", 2, 3);
    const { parameters } = scene.world;
    const parts = await partsOf(scene);
    const opening = combineOpening(parameters, scene.request, parts);
    const verdict = (claimed: Opening, request = scene.request): string =>
      codeOf(() => {
        verifyOpening(parameters, request, claimed);
      });
    expect(verdict(opening)).to.equal("accepted");
    expect(verdict({ ...opening, identifier: scene.identifiers.ben })).to.equal("E_PROOF");
    expect(verdict({ ...opening, parts })).to.equal("E_PROOF");
    expect(verdict({ ...opening, parts: opening.parts.slice(1) })).to.equal("E_THRESHOLD");
    const moved = { ...scene.request, caseId: hashOfText("another case") };
    expect(verdict(opening, moved)).to.equal("E_THRESHOLD");
  });

  it("of what was altered is refused: replayed escrow, another escrow, another demand", async () => {
    const scene = await sceneOf("replayed escrow", 1, 1);
    const { parameters, rng } = scene.world;
    const again = presentationFromBytes(showCredential(parameters, scene.anna, scene.demand, rng));
    const first = presentationFromBytes(scene.request.presentation);
    const escrows = [
      { e1: again.e1, e2: again.e2 },
      { e1: again.e1, e2: first.e2 },
      { e1: first.e1, e2: first.e2.add(G) },
    ];
    for (const escrow of escrows) {
      const presentation = presentationToBytes({ ...first, ...escrow });
      const request = { ...scene.request, presentation };
      const [share] = scene.world.shares;
      if (share === undefined) throw new RangeError("expected a share");
      const code = await asyncCodeOf(() =>
        openShare(parameters, share, request, approving(request), rng),
      );
      expect(code).to.equal("E_PROOF");
    }
  });
});

describe("nobody is accused wrongly", function () {
  this.timeout(120_000);

  it("by a tracer who chooses the result: a combination without proofs would believe it", async () => {
    const scene = await sceneOf("framing tracer", 1, 1);
    const { parameters, rng, shares } = scene.world;
    const { e1, e2 } = presentationFromBytes(scene.request.presentation);
    const ben = scene.world.entries.find(({ identifier }) => identifier === scene.identifiers.ben);
    const victim = pointOf(ben?.identifier ?? "0x");
    const wanted = e2.subtract(victim);
    const [share] = shares;
    const secrets = [share?.secret ?? 0n, randomScalar(rng)];
    for (const secret of secrets) {
      const statement = {
        label: "EVCRED-v1/open",
        context: [],
        bases: [G, e1],
        images: [parameters.tracers.point, wanted],
      };
      const { challenge, answer } = proveEquality(statement, secret, rng);
      const part = new Uint8Array([
        1,
        ...wanted.toBytes(),
        ...encodeScalar(challenge),
        ...encodeScalar(answer),
      ]);
      expect(codeOf(() => combineOpening(parameters, scene.request, [part]))).to.equal(
        "E_THRESHOLD",
      );
      // Without the proof: V = E2 − O is Ben.
      const believed = e2.subtract(pointOf(bytesToHex(part.subarray(1, 49))));
      expect(bytesToHex(believed.toBytes())).to.equal(scene.identifiers.ben);
    }
  });

  it("by issuer and tracers together: without Ben's usk no presentation opens to Ben", async () => {
    const { world, demand, identifiers } = await sceneOf("framing issuer", 1, 1);
    const { parameters, rng, issuerKey } = world;
    const victim = pointOf(identifiers.ben);
    // The issuer's own credential on a usk of its choice, with Ben's identifier in the escrow.
    const forged = framed(world, demand, victim);
    expect(believesUnprovenEscrow(parameters, forged.straw, demand)).to.equal(true);
    expect(opened(world, forged.straw)).to.equal(identifiers.ben);
    const request = (presentation: Presentation): TraceRequest => ({
      caseId: hashOfText("a case"),
      presentation: presentationToBytes(presentation),
      demand,
    });
    for (const presentation of [forged.straw, forged.real]) {
      expect(codeOf(() => combineOpening(parameters, request(presentation), []))).to.equal(
        "E_PROOF",
      );
    }
    // What the issuer can make opens to itself.
    const e = randomScalar(rng);
    const usk = randomScalar(rng);
    const a = clearPoint(CHARGE)
      .add(H0.multiply(usk))
      .multiply(inverse(reduced(issuerKey.secret + e)));
    const own = showCredential(parameters, { attributes: CHARGE, usk, a, e }, demand, rng);
    const honest = request(presentationFromBytes(own));
    const part = await openShare(parameters, firstShare(world), honest, approving(honest), rng);
    const { identifier } = combineOpening(parameters, honest, [part]);
    expect(identifier).to.equal(bytesToHex(G.multiply(usk).toBytes()));
    expect(identifier).not.to.equal(identifiers.ben);
  });
});

describe("nobody hides", function () {
  this.timeout(120_000);

  it("from a challenge that covers the escrow; one that does not lets Anna choose it afterwards", async () => {
    const { world, anna, demand } = await sceneOf("late escrow", 1, 1);
    const { parameters } = world;
    const hidden = lateEscrow(world, anna, demand);
    expect(believesLateEscrow(parameters, hidden, demand)).to.equal(true);
    const names = world.entries.map(({ identifier }) => identifier);
    expect(names).not.to.include(opened(world, hidden));
    const request = { caseId: hashOfText("c"), presentation: presentationToBytes(hidden), demand };
    expect(codeOf(() => combineOpening(parameters, request, []))).to.equal("E_PROOF");
  });

  it("and the wrong key finds nobody", async () => {
    const { world, request, identifiers } = await sceneOf("wrong key", 1, 1);
    const { e1, e2 } = presentationFromBytes(request.presentation);
    const guesses = [world.issuerKey.secret, randomScalar(world.rng), 1n];
    const found = guesses.map((key) => bytesToHex(e2.subtract(e1.multiply(key)).toBytes()));
    for (const name of Object.values(identifiers)) expect(found).not.to.include(name);
  });
});

describe("the tracers' key", function () {
  this.timeout(120_000);

  const COUNT = { threshold: 2, members: 3 };

  it("is the same for all, is nobody's, and every share fits its public point", () => {
    const rng = counterRng("dealing");
    const dealings = [0, 1, 2].map((dealer) => dealTracers(COUNT, dealer, rng));
    const keys = acceptTracers(
      COUNT,
      dealings.map(({ published }) => published),
    );
    const secrets = [1, 2, 3].map((index) => {
      const received = dealings.map(({ published, shares }) => ({
        dealing: published,
        share: shares[index - 1] ?? new Uint8Array(),
      }));
      return acceptShare(COUNT, index, received).secret;
    });
    for (const [i, secret] of secrets.entries()) {
      expect(keys.memberPoints[i]?.equals(G.multiply(secret))).to.equal(true);
    }
    const theta = (among: readonly number[]): bigint =>
      reduced(
        among.reduce((sum, a) => sum + lagrangeWeight(a, among) * (secrets[a - 1] ?? 0n), 0n),
      );
    expect(G.multiply(theta([1, 2])).equals(keys.point)).to.equal(true);
    expect(theta([2, 3])).to.equal(theta([1, 3]));
    expect(theta([1])).not.to.equal(theta([1, 2]));
  });

  it("refuses shares and dealings that do not fit", () => {
    const rng = counterRng("bad dealings");
    const { published, shares } = dealTracers(COUNT, 0, rng);
    const [one = new Uint8Array(), two = new Uint8Array()] = shares;
    const share = (index: number, bytes: Uint8Array, dealing = published): string =>
      codeOf(() => acceptShare(COUNT, index, [{ dealing, share: bytes }]));
    expect(share(1, one)).to.equal("accepted");
    expect(share(1, two)).to.equal("E_SHARE");
    expect(share(1, flipped(one, 31))).to.equal("E_SHARE");
    expect(share(1, new Uint8Array(32))).to.equal("E_SCALAR");
    expect(share(4, one)).to.equal("E_FIELD");
    expect(codeOf(() => acceptShare(COUNT, 1, []))).to.equal("E_SHARE");
    const accept = (...list: readonly Uint8Array[]): string =>
      codeOf(() => acceptTracers(COUNT, list));
    expect(accept(published)).to.equal("accepted");
    expect(accept()).to.equal("E_SHARE");
    expect(accept(published, published)).to.equal("E_SHARE");
    expect(accept(flipped(published, 2))).to.equal("E_PROOF");
    expect(accept(flipped(published, 1))).to.equal("E_FIELD");
    expect(accept(flipped(published, published.length - 1))).to.equal("E_PROOF");
    expect(accept(published.subarray(1))).to.equal("E_LENGTH");
    for (const count of [
      { threshold: 0, members: 1 },
      { threshold: 3, members: 2 },
      { threshold: 1, members: 256 },
    ]) {
      expect(codeOf(() => dealTracers(count, 0, rng))).to.equal("E_FIELD");
    }
  });

  it("cannot be cancelled by a dealer who speaks last", () => {
    const rng = counterRng("rogue dealer");
    const honest = dealTracers({ threshold: 1, members: 1 }, 0, rng).published;
    const own = dealTracers({ threshold: 1, members: 1 }, 1, rng).published;
    const target = G.multiply(7n).subtract(pointOf(bytesToHex(honest.subarray(3, 51))));
    const rogue = new Uint8Array([...own.subarray(0, 3), ...target.toBytes(), ...own.subarray(51)]);
    expect(codeOf(() => acceptTracers({ threshold: 1, members: 1 }, [honest, rogue]))).to.equal(
      "E_PROOF",
    );
    // Sums without proofs would make T = 7·G, whose logarithm the last dealer knows.
    const sum = pointOf(bytesToHex(honest.subarray(3, 51))).add(target);
    expect(sum.equals(G.multiply(7n))).to.equal(true);
  });
});

function firstShare({ shares }: World): World["shares"][number] {
  const [share] = shares;
  if (share === undefined) throw new RangeError("firstShare: expected a share, got none");
  return share;
}

function pointOf(hex: string): PointG1 {
  return decodeG1("a point of a test", hexToBytes(hex));
}

/** As the tracer of a world of one would open, without a look at the proof. */
function opened(world: World, { e1, e2 }: Presentation): Hex {
  return bytesToHex(e2.subtract(e1.multiply(firstShare(world).secret)).toBytes());
}

/** An issuer's presentation of its own credential with another's identifier in the escrow. */
function framed(
  { parameters, issuerKey, rng }: World,
  demand: Demand,
  victim: PointG1,
): { readonly straw: Presentation; readonly real: Presentation } {
  const drawn = Array.from({ length: 8 }, () => randomScalar(rng));
  const [usk = 0n, e = 0n, rho1 = 0n, rho = 0n, k3 = 0n, ke = 0n, ku = 0n, kRho = 0n] = drawn;
  const base = pseudonymBase(demand.scope);
  const signed = clearPoint(CHARGE).add(H0.multiply(usk));
  const aBar = signed.multiply(inverse(reduced(issuerKey.secret + e))).multiply(rho1);
  const bBar = aBar.multiply(issuerKey.secret);
  const e2 = parameters.tracers.point.multiply(rho).add(victim);
  const points = { aBar, bBar, e1: G.multiply(rho), e2, nym: base.multiply(usk) };
  const c0 = bBar.multiply(k3).add(aBar.multiply(ke)).subtract(H0.multiply(ku));
  const finished = (c: bigint): Presentation => ({
    ...points,
    attributes: CHARGE,
    challenge: c,
    s3: reduced(k3 + c * inverse(rho1)),
    se: reduced(ke + c * e * inverse(rho1)),
    su: reduced(ku + c * usk),
    sRho: reduced(kRho + c * rho),
  });
  const announced = [c0, base.multiply(ku)];
  const straw = finished(lateEscrowChallenge(points, demand, announced));
  const escrow = [G.multiply(kRho), parameters.tracers.point.multiply(kRho).add(G.multiply(ku))];
  const all = [c0, ...escrow, base.multiply(ku)];
  const real = finished(presentationChallenge(parameters, points, CHARGE, demand, all));
  return { straw, real };
}

/**
 * A presentation of Anna's whose escrow is chosen after the challenge, for a verifier that allows
 * it.
 */
function lateEscrow(
  { parameters, rng, issuerKey }: World,
  anna: Credential,
  demand: Demand,
): Presentation {
  const drawn = Array.from({ length: 7 }, () => randomScalar(rng));
  const [rho1 = 0n, k3 = 0n, ke = 0n, ku = 0n, kRho = 0n, free = 0n, rho = 0n] = drawn;
  const base = pseudonymBase(demand.scope);
  const aBar = anna.a.multiply(rho1);
  const bBar = aBar.multiply(issuerKey.secret);
  const nym = base.multiply(anna.usk);
  const c1 = G.multiply(kRho);
  const c2 = G.multiply(free);
  const c0 = bBar.multiply(k3).add(aBar.multiply(ke)).subtract(H0.multiply(ku));
  const announced = [c0, c1, c2, base.multiply(ku)];
  const c = lateEscrowChallenge({ aBar, bBar, nym }, demand, announced);
  const [su, sRho] = [reduced(ku + c * anna.usk), reduced(kRho + c * rho)];
  const parts = { aBar, bBar, nym, attributes: CHARGE, challenge: c, su, sRho };
  const e2 = parameters.tracers.point
    .multiply(sRho)
    .add(G.multiply(su))
    .subtract(c2)
    .multiply(inverse(c));
  const presentation = {
    ...parts,
    e1: G.multiply(rho),
    e2,
    s3: reduced(k3 + c * inverse(rho1)),
    se: reduced(ke + c * anna.e * inverse(rho1)),
  };
  expect(announcedOf(parameters, presentation, base)[2]?.equals(c2)).to.equal(true);
  return presentation;
}
