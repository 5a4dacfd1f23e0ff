/** Presentations: complete, unforgeable, bound to their occasion, and read in one form only. */
import { sha256 } from "@noble/hashes/sha2.js";
import { expect } from "chai";
import { id as hashOfText } from "ethers";
import fc from "fast-check";
import {
  G,
  GROUP_ORDER,
  H0,
  hashToG1,
  inverse,
  randomScalar,
  reduced,
  encodeScalar,
} from "../../../../offchain/core/credential/group.ts";
import {
  type Credential,
  generateHolderSecret,
} from "../../../../offchain/core/credential/holder.ts";
import type { CredentialParameters } from "../../../../offchain/core/credential/parameters.ts";
import {
  presentationFromBytes,
  PRESENTATION_BYTES,
  presentationToBytes,
} from "../../../../offchain/core/credential/presentation.ts";
import { pseudonymBase, scopeId } from "../../../../offchain/core/credential/scope.ts";
import { showCredential } from "../../../../offchain/core/credential/show.ts";
import { type Demand, verifyPresentation } from "../../../../offchain/core/credential/verify.ts";
import { bytesToHex } from "../../../../offchain/core/primitives/bytes.ts";
import type { Rng } from "../../../../offchain/core/primitives/random.ts";
import { counterRng } from "../../../support/primitives/draws.ts";
import {
  believesWithoutPairing,
  clearPoint,
  goodChoices,
  looseShow,
  PRESENTED_FIELDS,
} from "../../../support/credential/strawMen.ts";
import {
  CHARGE,
  codeOf,
  credentialOf,
  demandAt,
  EPOCH,
  flipped,
  personIn,
  type World,
  worldOf,
} from "../../../support/credential/world.ts";

describe("a presentation", function () {
  this.timeout(120_000);

  let world: World;
  let parameters: CredentialParameters;
  let anna: Credential;
  let demand: Demand;
  let shown: Uint8Array;

  before(async () => {
    world = worldOf("presentations");
    ({ parameters } = world);
    anna = await credentialOf(world, personIn(world, "anna"));
    demand = demandAt(world, "a place");
    shown = showCredential(parameters, anna, demand, world.rng);
  });

  const verdict = (bytes: Uint8Array, asked: Demand = demand): string =>
    codeOf(() => verifyPresentation(parameters, bytes, asked));

  it("is believed, in 405 bytes, and carries the scope's pseudonym of its holder", () => {
    expect(shown.length).to.equal(405).and.to.equal(PRESENTATION_BYTES);
    const { nym, attributes } = verifyPresentation(parameters, shown, demand);
    expect(nym.equals(pseudonymBase(demand.scope).multiply(anna.usk))).to.equal(true);
    expect(attributes).to.deep.equal(CHARGE);
  });

  it("has one encoding", () => {
    expect(presentationToBytes(presentationFromBytes(shown))).to.deep.equal(shown);
  });

  it("is what the formulas say, computed apart", () => {
    const loose = looseShow(parameters, anna, demand, goodChoices(demand.scope, world.rng));
    expect(verdict(presentationToBytes(loose))).to.equal("accepted");
  });

  it("stays the same for the same draws, byte by byte", async () => {
    const fixed = worldOf("known answer");
    const credential = await credentialOf(fixed, personIn(fixed, "anna"));
    const bytes = showCredential(
      fixed.parameters,
      credential,
      demandAt(fixed, "x"),
      counterRng("show"),
    );
    expect(bytesToHex(sha256(bytes))).to.equal(
      "0x6176336f83b3db4e7122abcca884ff365272fd1780cb5d3dc50609ad022ccc6f",
    );
  });

  it("is refused with any field altered", () => {
    for (const [name, [place, width]] of Object.entries(PRESENTED_FIELDS)) {
      for (const at of [place, place + width - 1]) {
        const code = verdict(flipped(shown, at));
        expect(code, `${name} at ${at}`).to.match(/^E_(POINT|SCALAR|PROOF|EPOCH|FIELD|ROLE)$/);
      }
    }
  });

  it("is refused with any point doubled, negated or replaced by another of its own", () => {
    const parsed = presentationFromBytes(shown);
    for (const name of ["aBar", "bBar", "e1", "e2", "nym"] as const) {
      for (const point of [parsed[name].double(), parsed[name].negate(), parsed.e1.add(G)]) {
        const bytes = presentationToBytes({ ...parsed, [name]: point });
        expect(verdict(bytes), name).to.match(/^E_(PROOF|CREDENTIAL)$/);
      }
    }
  });

  it("is refused with any scalar at its edges", () => {
    const parsed = presentationFromBytes(shown);
    for (const name of ["challenge", "s3", "se", "su", "sRho"] as const) {
      for (const scalar of [0n, 1n, GROUP_ORDER - 1n]) {
        expect(verdict(presentationToBytes({ ...parsed, [name]: scalar })), name).to.equal(
          "E_PROOF",
        );
      }
      const [place] = PRESENTED_FIELDS[name];
      const raised = shown.slice();
      raised.set(beyondOrder(parsed[name]), place);
      expect(verdict(raised), name).to.equal("E_SCALAR");
    }
    const zeros = { challenge: 0n, s3: 0n, se: 0n, su: 0n, sRho: 0n };
    expect(verdict(presentationToBytes({ ...parsed, ...zeros }))).to.equal("E_PROOF");
  });

  it("is refused with the identity for any of its points", () => {
    const identity = flipped(new Uint8Array(48), 0, 0xc0);
    for (const name of ["aBar", "bBar", "e1", "e2", "nym"] as const) {
      const bytes = shown.slice();
      bytes.set(identity, PRESENTED_FIELDS[name][0]);
      expect(verdict(bytes), name).to.equal("E_POINT");
    }
  });

  it("counts for its message, scope, epoch and role, and under its own keys alone", async () => {
    const other = demandAt(world, "another place");
    expect(verdict(shown, { ...demand, message: other.scope })).to.equal("E_PROOF");
    expect(verdict(shown, { ...demand, scope: other.scope })).to.equal("E_PROOF");
    expect(verdict(shown, { ...demand, epoch: EPOCH + 1 })).to.equal("E_EPOCH");
    expect(verdict(shown, { ...demand, roles: ["discharge"] })).to.equal("E_ROLE");
    const stranger = worldOf("other keys");
    const theirs = showCredential(
      stranger.parameters,
      await credentialOf(stranger, personIn(stranger, "anna")),
      demand,
      world.rng,
    );
    expect(verdict(theirs)).to.equal("E_PROOF");
    const elsewhere = { ...parameters, id: stranger.parameters.id };
    expect(codeOf(() => verifyPresentation(elsewhere, shown, demand))).to.equal("E_PROOF");
  });

  it("of an earlier epoch is refused, and cannot be brought up to date by its holder", async () => {
    const old = await credentialOf(world, personIn(world, "ben"), {
      role: "charge",
      epoch: EPOCH - 1,
    });
    const bytes = showCredential(parameters, old, demand, world.rng);
    expect(verdict(bytes)).to.equal("E_EPOCH");
    const claimed = { ...old, usk: old.usk, a: old.a, e: old.e, attributes: CHARGE };
    expect(verdict(showCredential(parameters, claimed, demand, world.rng))).to.equal(
      "E_CREDENTIAL",
    );
    const role = { ...claimed, a: anna.a, e: anna.e, usk: anna.usk };
    const raised = { ...role, attributes: { role: "discharge", epoch: EPOCH } } as const;
    expect(verdict(showCredential(parameters, raised, demand, world.rng))).to.equal("E_CREDENTIAL");
  });

  it("scopes differ in service, place, slot and keys, and in nothing else", () => {
    const scope = { service: "s", place: hashOfText("p"), slot: 1 };
    const others = [
      { ...scope, service: "t" },
      { ...scope, place: hashOfText("q") },
      { ...scope, slot: 2 },
    ];
    const ids = [scope, ...others].map((one) => bytesToHex(scopeId(parameters, one)));
    const elsewhere = scopeId(worldOf("scopes").parameters, scope);
    expect(new Set([...ids, bytesToHex(elsewhere)]).size).to.equal(5);
    expect(bytesToHex(scopeId(parameters, { ...scope }))).to.equal(ids[0]);
  });

  it("cannot be read from other bytes: nothing but typed errors", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(verdict(bytes)).to.match(/^E_/);
      }),
      { numRuns: 100, seed: 1 },
    );
    const place = fc.nat({ max: PRESENTATION_BYTES - 1 });
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 255 }), (at, mask) => {
        expect(verdict(flipped(shown, at, mask))).to.match(/^E_/);
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});

describe("without a credential", function () {
  this.timeout(120_000);

  let parameters: CredentialParameters;
  let rng: Rng;
  let demand: Demand;
  let anna: Credential;
  let ben: Credential;

  before(async () => {
    const world = worldOf("forgers");
    ({ parameters, rng } = world);
    demand = demandAt(world, "a place");
    anna = await credentialOf(world, personIn(world, "anna"));
    ben = await credentialOf(world, personIn(world, "ben"));
  });

  const verdict = (bytes: Uint8Array): string =>
    codeOf(() => verifyPresentation(parameters, bytes, demand));
  const shownWith = (credential: Credential): string =>
    verdict(showCredential(parameters, credential, demand, rng));

  it("nothing is believed: an own issuer, a random A, parts of two credentials", () => {
    const { usk } = generateHolderSecret(rng);
    const gamma = randomScalar(rng);
    const e = randomScalar(rng);
    const signed = clearPoint(CHARGE).add(H0.multiply(usk));
    const own = { attributes: CHARGE, usk, e, a: signed.multiply(inverse(reduced(gamma + e))) };
    const hashed = { ...own, a: hashToG1(Uint8Array.of(1)) };
    expect(shownWith(own)).to.equal("E_CREDENTIAL");
    expect(shownWith(hashed)).to.equal("E_CREDENTIAL");
    const part = { attributes: CHARGE, usk: anna.usk, a: anna.a, e: anna.e };
    expect(shownWith(part)).to.equal("accepted");
    expect(shownWith({ ...part, usk: ben.usk })).to.equal("E_CREDENTIAL");
    expect(shownWith({ ...part, a: ben.a })).to.equal("E_CREDENTIAL");
    expect(shownWith({ ...part, e: ben.e })).to.equal("E_CREDENTIAL");
  });

  it("two members together have no third usk, nor each a second pseudonym", () => {
    const half = inverse(2n);
    const both = {
      attributes: CHARGE,
      usk: reduced((anna.usk + ben.usk) * half),
      e: reduced((anna.e + ben.e) * half),
      a: anna.a.add(ben.a).multiply(half),
    };
    expect(shownWith(both)).to.equal("E_CREDENTIAL");
    const moved = { ...goodChoices(demand.scope, rng), base: pseudonymBase(Uint8Array.of(1)) };
    const second = looseShow(parameters, anna, demand, moved);
    expect(verdict(presentationToBytes(second))).to.equal("E_PROOF");
  });

  it("a verifier that leaves out the pairing believes anybody", () => {
    const { usk } = generateHolderSecret(rng);
    const choices = goodChoices(demand.scope, rng);
    const e = randomScalar(rng);
    const forged = looseShow(
      parameters,
      { usk, e, a: hashToG1(Uint8Array.of(2)), attributes: CHARGE },
      demand,
      choices,
    );
    expect(believesWithoutPairing(parameters, forged, demand)).to.equal(true);
    expect(verdict(presentationToBytes(forged))).to.equal("E_CREDENTIAL");
  });

  it("parts of presentations that were seen make no new one", () => {
    const seen = [1, 2].map(() =>
      presentationFromBytes(showCredential(parameters, anna, demand, rng)),
    );
    const [one, two] = seen;
    if (one === undefined || two === undefined) throw new RangeError("expected two presentations");
    for (const name of ["aBar", "bBar", "e1", "e2", "challenge", "s3", "su"] as const) {
      const mixed = { ...one, [name]: two[name] };
      expect(verdict(presentationToBytes(mixed)), name).to.match(/^E_(PROOF|CREDENTIAL)$/);
    }
    // Blinded once more: the pairing holds for 2Ā and 2B̄, the proof does not.
    const blinded = { ...one, aBar: one.aBar.double(), bBar: one.bBar.double() };
    expect(verdict(presentationToBytes(blinded))).to.equal("E_PROOF");
    const halved = { ...blinded, s3: reduced(one.s3 * inverse(2n)) };
    expect(verdict(presentationToBytes(halved))).to.equal("E_PROOF");
  });
});

/** The same scalar modulo r, written as a number that is not below r. */
function beyondOrder(scalar: bigint): Uint8Array {
  return encodeScalar(scalar + GROUP_ORDER);
}
