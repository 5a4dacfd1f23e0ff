/**
 * Joining: who becomes a member, under which identifier, and that neither side can be deceived by
 * the other.
 */
import { expect } from "chai";
import { proveEquality } from "../../../../offchain/core/credential/equality.ts";
import {
  BASE_G2,
  G,
  H0,
  inverse,
  randomScalar,
  reduced,
} from "../../../../offchain/core/credential/group.ts";
import {
  acceptCredential,
  askToJoin,
  signedPoint,
} from "../../../../offchain/core/credential/holder.ts";
import {
  acceptIssuerKey,
  generateIssuerKey,
} from "../../../../offchain/core/credential/issuerKey.ts";
import {
  assertJoinRequest,
  JOIN_REQUEST_BYTES,
  joinAnswerToBytes,
  joinHash,
  joinRequestFromBytes,
  joinRequestToBytes,
  joinStatement,
  NONCE_BYTES,
} from "../../../../offchain/core/credential/joinRequest.ts";
import { signHash } from "../../../../offchain/core/credential/longTermKey.ts";
import { memberIdOf } from "../../../../offchain/core/credential/naming.ts";
import { acceptParameters } from "../../../../offchain/core/credential/parameters.ts";
import { randomBytesOf, RandomError } from "../../../../offchain/core/primitives/random.ts";
import { counterRng, underNodeEnv } from "../../../support/primitives/draws.ts";
import {
  admitted,
  asyncCodeOf,
  CHARGE,
  codeOf,
  credentialOf,
  EPOCH,
  flipped,
  joinRequestOf,
  personIn,
  REST_EPOCHS,
  worldOf,
} from "../../../support/credential/world.ts";

/** Places of the fields of a request. */
const FIELDS = {
  longTermKey: 0,
  nonce: 32,
  role: 64,
  epoch: 68,
  J: 69 + 47,
  V: 117 + 47,
  proof: 165,
  signature: 229,
};

describe("joining", function () {
  this.timeout(60_000);

  it("gives a credential that is the issuer's signature on a usk it never saw", async () => {
    const world = worldOf("join");
    const person = personIn(world, "anna");
    const { a, e, usk } = await credentialOf(world, person);
    const again = a.multiply(reduced(world.issuerKey.secret + e));
    expect(again.equals(signedPoint(usk, CHARGE))).to.equal(true);
    const [entry] = world.entries;
    const { identifier } = joinRequestFromBytes(entry?.request ?? new Uint8Array());
    expect(identifier.equals(G.multiply(usk))).to.equal(true);
  });

  it("refuses a request with any field altered", async () => {
    const world = worldOf("altered");
    const person = personIn(world, "anna");
    const codes: Record<string, string> = {};
    for (const [name, place] of Object.entries(FIELDS)) {
      const request = flipped(await joinRequestOf(world, person), place);
      codes[name] = await asyncCodeOf(() => admitted(world, request));
    }
    expect(codes).to.include({ longTermKey: "E_MEMBER", nonce: "E_SIGNATURE", epoch: "E_EPOCH" });
    expect(codes).to.include({ role: "E_FIELD", signature: "E_SIGNATURE" });
    expect(["E_POINT", "E_SIGNATURE"]).to.include(codes.J).and.to.include(codes.V);
    expect(["E_SCALAR", "E_SIGNATURE"]).to.include(codes.proof);
    expect(world.entries).to.deep.equal([]);
  });

  it("answers a request once, and is not put off by a damaged one that came first", async () => {
    const world = worldOf("nonces");
    const person = personIn(world, "anna");
    const request = await joinRequestOf(world, person);
    expect(await asyncCodeOf(() => admitted(world, flipped(request, FIELDS.signature)))).to.equal(
      "E_SIGNATURE",
    );
    expect(await asyncCodeOf(() => admitted(world, request))).to.equal("accepted");
    expect(await asyncCodeOf(() => admitted(world, request))).to.equal("E_CHALLENGE");
  });

  it("lets nobody in who is not to be let in: strangers, who was put out, another role", async () => {
    const world = worldOf("members");
    const person = personIn(world, "anna");
    const known = world.members.get(person.memberId);
    world.members.delete(person.memberId);
    expect(await asyncCodeOf(() => credentialOf(world, person))).to.equal("E_MEMBER");
    if (known !== undefined) world.members.set(person.memberId, { ...known, roles: ["discharge"] });
    expect(await asyncCodeOf(() => credentialOf(world, person))).to.equal("E_ROLE");
  });

  it("gives a member one identifier an epoch, and nobody another's", async () => {
    const world = worldOf("identifiers");
    const [anna, ben] = [personIn(world, "anna"), personIn(world, "ben")];
    const stolen = { ...ben, holder: anna.holder };
    const second = { ...anna, holder: ben.holder };
    await credentialOf(world, anna);
    await credentialOf(world, anna, { role: "discharge", epoch: EPOCH });
    expect(await asyncCodeOf(() => credentialOf(world, stolen))).to.equal("E_IDENTIFIER");
    expect(await asyncCodeOf(() => credentialOf(world, second))).to.equal("E_IDENTIFIER");
    const next = { role: "charge", epoch: EPOCH + 1 } as const;
    expect(await asyncCodeOf(() => credentialOf(world, second, next))).to.equal("E_IDENTIFIER");
    const rested = { ...next, epoch: EPOCH + REST_EPOCHS + 1 };
    expect(await asyncCodeOf(() => credentialOf(world, second, rested))).to.equal("accepted");
    expect(await asyncCodeOf(() => credentialOf(world, ben, next))).to.equal("E_IDENTIFIER");
  });

  it("refuses two usks in one request, which a registrar without the proof would sign untraceably", async () => {
    const world = worldOf("two usks");
    const person = personIn(world, "anna");
    const other = randomScalar(world.rng);
    const nonce = randomBytesOf(world.rng, NONCE_BYTES);
    const { longTermKey } = person;
    const terms = { longTermKey: longTermKey.publicKey, nonce, attributes: CHARGE };
    const [commitment, identifier] = [H0.multiply(person.holder.usk), G.multiply(other)];
    const statement = joinStatement(world.parameters, terms, commitment, identifier);
    const proof = proveEquality(statement, person.holder.usk, world.rng);
    const unsigned = { ...terms, commitment, identifier, proof };
    const signature = signHash(joinHash(world.parameters, unsigned), person.longTermKey);
    const request = joinRequestToBytes({ ...unsigned, signature });
    expect(await asyncCodeOf(() => admitted(world, request))).to.equal("E_PROOF");

    // The straw man signs J all the same: the credential counts, and its identifier is in no
    // register.
    const e = randomScalar(world.rng);
    const signed = signedPoint(person.holder.usk, CHARGE);
    const a = signed.multiply(inverse(reduced(world.issuerKey.secret + e)));
    const answer = joinAnswerToBytes(a, e);
    const got = acceptCredential(world.parameters, person.holder, CHARGE, answer);
    expect(G.multiply(got.usk).equals(identifier)).to.equal(false);
  });

  it("lets no registrar write an entry that its member did not sign", async () => {
    const world = worldOf("exculpability");
    const [anna, mallory] = [personIn(world, "anna"), personIn(world, "mallory")];
    const bytes = await joinRequestOf(world, { ...anna, longTermKey: mallory.longTermKey });
    const theirs = joinRequestFromBytes(bytes);
    expect(memberIdOf(theirs.longTermKey)).to.equal(mallory.memberId).and.not.equal(anna.memberId);
    const forged = { ...theirs, longTermKey: anna.longTermKey.publicKey };
    expect(
      codeOf(() => {
        assertJoinRequest(world.parameters, forged);
      }),
    ).to.equal("E_SIGNATURE");
    const own = joinRequestFromBytes(await joinRequestOf(world, anna));
    const moved = { ...own, identifier: G.multiply(5n) };
    expect(
      codeOf(() => {
        assertJoinRequest(world.parameters, moved);
      }),
    ).to.equal("E_SIGNATURE");
    expect(
      codeOf(() => {
        assertJoinRequest(world.parameters, own);
      }),
    ).to.equal("accepted");
    // A register that keeps V beside a name, without the signature, would believe both.
    const unsigned = (request: { readonly longTermKey: Uint8Array }): boolean =>
      memberIdOf(request.longTermKey) === anna.memberId;
    expect([forged, moved].every(unsigned)).to.equal(true);
  });

  it("lets no issuer answer with anything but its signature", async () => {
    const world = worldOf("answers");
    const person = personIn(world, "anna");
    const answer = await admitted(world, await joinRequestOf(world, person));
    const accept = (bytes: Uint8Array, attributes = CHARGE): string =>
      codeOf(() => acceptCredential(world.parameters, person.holder, attributes, bytes));
    expect(accept(answer)).to.equal("accepted");
    expect(accept(answer.subarray(1))).to.equal("E_LENGTH");
    expect(accept(flipped(answer, 79))).to.equal("E_CREDENTIAL");
    expect(accept(new Uint8Array([...answer.subarray(0, 48), ...new Uint8Array(32)]))).to.equal(
      "E_SCALAR",
    );
    expect(accept(answer, { role: "discharge", epoch: EPOCH })).to.equal("E_CREDENTIAL");
    expect(accept(answer, { role: "charge", epoch: EPOCH + 1 })).to.equal("E_CREDENTIAL");
    const other = worldOf("another issuer");
    const theirs = await admitted(other, await joinRequestOf(other, personIn(other, "anna")));
    expect(accept(theirs)).to.equal("E_CREDENTIAL");
  });

  it("reads one length only", async () => {
    const world = worldOf("lengths");
    const request = await joinRequestOf(world, personIn(world, "anna"));
    expect(request.length).to.equal(JOIN_REQUEST_BYTES);
    const longer = new Uint8Array([...request, 0]);
    for (const bytes of [longer, request.subarray(1), new Uint8Array()]) {
      expect(await asyncCodeOf(() => admitted(world, bytes))).to.equal("E_LENGTH");
    }
  });
});

describe("the issuer's key", function () {
  this.timeout(60_000);

  it("is believed with its proof, and not with another's", () => {
    const rng = counterRng("issuer keys");
    const [one, two] = [generateIssuerKey(rng), generateIssuerKey(rng)];
    expect(acceptIssuerKey(one.publicKey).equals(BASE_G2.multiply(one.secret))).to.equal(true);
    const mixed = new Uint8Array([...one.publicKey.subarray(0, 96), ...two.publicKey.subarray(96)]);
    expect(codeOf(() => acceptIssuerKey(mixed))).to.equal("E_PROOF");
    expect(codeOf(() => acceptIssuerKey(flipped(one.publicKey, 159)))).to.equal("E_PROOF");
    expect(codeOf(() => acceptIssuerKey(one.publicKey.subarray(1)))).to.equal("E_LENGTH");
    // Made from another's: W2 = W1 + x·P2, whose logarithm the maker does not know.
    const derived = one.point.add(BASE_G2.multiply(3n)).toBytes();
    const stolen = new Uint8Array([...derived, ...one.publicKey.subarray(96)]);
    expect(codeOf(() => acceptIssuerKey(stolen))).to.equal("E_PROOF");
  });

  it("is no key of another chain: parameters have another id", () => {
    const { published } = worldOf("chains");
    const elsewhere = { ...published, registry: { ...published.registry, chainId: 1n } };
    expect(acceptParameters(elsewhere).id).not.to.deep.equal(acceptParameters(published).id);
  });

  it("and every other secret are hidden from JSON, and drawn from no seed outside tests", async () => {
    const world = worldOf("hidden");
    const person = personIn(world, "anna");
    const credential = await credentialOf(world, person);
    const shown = [world.issuerKey, person.holder, person.longTermKey, credential, ...world.shares]
      .map((secret) => Object.keys(secret))
      .flat();
    expect(shown).not.to.include.members(["secret"]);
    for (const name of ["usk", "a", "e", "secretKey"]) expect(shown).not.to.include(name);
    const terms = { nonce: new Uint8Array(32), attributes: CHARGE };
    await underNodeEnv(undefined, () => {
      const { rng, parameters } = world;
      const { holder, longTermKey } = person;
      expect(() => generateIssuerKey(rng)).to.throw(RandomError);
      expect(() => askToJoin(parameters, holder, longTermKey, terms, rng)).to.throw(RandomError);
    });
  });
});
