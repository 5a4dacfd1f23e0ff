/**
 * Short-lived certificates: one a slot and vehicle, for one key, not for long, and traceable by
 * serial.
 */
import { expect } from "chai";
import { id as hashOfText } from "ethers";
import { GATEWAY_REQUEST_BYTES } from "../../../../offchain/core/credential/certificateRequest.ts";
import {
  challengeOf,
  type GatewayBooks,
  type GatewayTerms,
  issueCertificate,
  type Kept,
  memoryGatewayBooks,
} from "../../../../offchain/core/credential/gateway.ts";
import { requestCertificate } from "../../../../offchain/core/credential/gatewayClient.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import {
  generateSigningKey,
  type SigningKeyPair,
} from "../../../../offchain/core/credential/longTermKey.ts";
import { openShare } from "../../../../offchain/core/credential/opening.ts";
import { combineOpening } from "../../../../offchain/core/credential/openingProof.ts";
import { G } from "../../../../offchain/core/credential/group.ts";
import {
  acceptShortCertificate,
  memorySeen,
  receiveMessage,
  SHORT_CERTIFICATE_BYTES,
  signMessage,
  signShortCertificate,
} from "../../../../offchain/core/credential/shortCertificate.ts";
import { bytesToHex, type Hex } from "../../../../offchain/core/primitives/bytes.ts";
import {
  approving,
  codeOf,
  credentialOf,
  EPOCH,
  flipped,
  personIn,
  type World,
  worldOf,
} from "../../../support/credential/world.ts";

const NOW = 1_728_000_000;
const TERMS: GatewayTerms = {
  gatewayId: hashOfText("gateway"),
  slot: 1_920_000,
  epoch: EPOCH,
  roles: ["charge"],
};

interface Scene {
  readonly world: World;
  readonly gatewayKey: SigningKeyPair;
  readonly kept: Map<Hex, Kept>;
  readonly books: GatewayBooks;
  readonly anna: Credential;
  readonly key: SigningKeyPair;
}

async function sceneOf(name: string): Promise<Scene> {
  const world = worldOf(name);
  const kept = new Map<Hex, Kept>();
  return {
    world,
    gatewayKey: generateSigningKey(world.rng),
    kept,
    books: memoryGatewayBooks(kept),
    anna: await credentialOf(world, personIn(world, "anna")),
    key: generateSigningKey(world.rng),
  };
}

interface Wishes {
  readonly credential?: Credential;
  readonly requested?: Pick<GatewayTerms, "gatewayId" | "slot">;
  readonly terms?: GatewayTerms;
  readonly alter?: (request: Uint8Array) => Uint8Array;
}

/** A certificate asked for and given. */
function certificateIn(scene: Scene, wishes: Wishes = {}): Uint8Array {
  const { world, books, gatewayKey, anna, key } = scene;
  const { credential = anna, requested = TERMS, terms = TERMS, alter = unaltered } = wishes;
  const challenge = challengeOf(books, world.rng);
  const asked = [world.parameters, credential, requested, challenge, key.publicKey] as const;
  const bytes = alter(requestCertificate(...asked, world.rng));
  const request = { bytes, challenge };
  return issueCertificate(world.parameters, terms, gatewayKey, books, request, NOW, world.rng);
}

function identityOf({ gatewayKey }: Scene): { readonly id: string; readonly key: Uint8Array } {
  return { id: TERMS.gatewayId, key: gatewayKey.publicKey };
}

describe("a gateway", function () {
  this.timeout(60_000);

  it("gives a certificate that counts for its key, its time and no longer", async () => {
    const scene = await sceneOf("certificates");
    const bytes = certificateIn(scene);
    expect(bytes.length).to.equal(SHORT_CERTIFICATE_BYTES).and.to.equal(192);
    const at = (seconds: number): string =>
      codeOf(() =>
        acceptShortCertificate(scene.world.parameters, bytes, identityOf(scene), seconds),
      );
    expect([NOW, NOW - 30, NOW + 899].map(at)).to.deep.equal(["accepted", "accepted", "accepted"]);
    expect([NOW - 31, NOW + 900].map(at)).to.deep.equal(["E_TIME", "E_TIME"]);
  });

  it("gives one a slot and vehicle, whatever the key, and another in the next slot", async () => {
    const scene = await sceneOf("sybil");
    expect(codeOf(() => certificateIn(scene))).to.equal("accepted");
    const other = { ...scene, key: generateSigningKey(scene.world.rng) };
    expect(codeOf(() => certificateIn(other))).to.equal("E_NYM_USED");
    const next = { ...TERMS, slot: TERMS.slot + 1 };
    expect(codeOf(() => certificateIn(other, { requested: next, terms: next }))).to.equal(
      "accepted",
    );
    // Books that keep no pseudonyms give as many as anybody likes.
    const forgetful = { ...other, books: { ...scene.books, takeNym: () => true } };
    expect(codeOf(() => certificateIn(forgetful))).to.equal("accepted");
  });

  it("refuses another gateway's request, another slot's, another key, another epoch", async () => {
    const scene = await sceneOf("requests");
    const elsewhere = { ...TERMS, gatewayId: hashOfText("another gateway") };
    const refused = (wishes: Wishes): string => codeOf(() => certificateIn(scene, wishes));
    expect(refused({ requested: elsewhere })).to.equal("E_PROOF");
    expect(refused({ requested: { ...TERMS, slot: TERMS.slot - 1 } })).to.equal("E_PROOF");
    expect(refused({ alter: (bytes) => flipped(bytes, 0) })).to.equal("E_PROOF");
    expect(refused({ alter: (bytes) => bytes.subarray(1) })).to.equal("E_LENGTH");
    expect(refused({ terms: { ...TERMS, epoch: EPOCH + 1 } })).to.equal("E_EPOCH");
    expect(refused({ terms: { ...TERMS, roles: ["discharge"] } })).to.equal("E_ROLE");
    expect(scene.kept.size).to.equal(0);
  });

  it("takes a challenge once: a request that was seen is worth nothing", async () => {
    const scene = await sceneOf("challenges");
    const { world, books, gatewayKey, anna, key } = scene;
    const challenge = challengeOf(books, world.rng);
    const asked = [world.parameters, anna, TERMS, challenge, key.publicKey] as const;
    const bytes = requestCertificate(...asked, world.rng);
    expect(bytes.length).to.equal(GATEWAY_REQUEST_BYTES);
    const issue = (request: {
      readonly bytes: Uint8Array;
      readonly challenge: Uint8Array;
    }): string =>
      codeOf(() =>
        issueCertificate(world.parameters, TERMS, gatewayKey, books, request, NOW, world.rng),
      );
    expect(issue({ bytes, challenge: new Uint8Array(32) })).to.equal("E_CHALLENGE");
    expect(issue({ bytes, challenge })).to.equal("accepted");
    expect(issue({ bytes, challenge })).to.equal("E_CHALLENGE");
    expect(issue({ bytes, challenge: challengeOf(books, world.rng) })).to.equal("E_PROOF");
  });

  it("can be led back by tracers from the serial, and by nobody else", async () => {
    const scene = await sceneOf("serials");
    const { parameters, shares, rng } = scene.world;
    const serial = bytesToHex(certificateIn(scene).subarray(0, 16));
    const kept = scene.kept.get(serial);
    const [share] = shares;
    if (kept === undefined || share === undefined) throw new RangeError("expected a record");
    const request = { caseId: hashOfText("case"), ...kept };
    const part = await openShare(parameters, share, request, approving(request), rng);
    const { identifier } = combineOpening(parameters, request, [part]);
    expect(identifier).to.equal(bytesToHex(G.multiply(scene.anna.usk).toBytes()));
  });
});

describe("a certificate", function () {
  this.timeout(60_000);

  it("is refused with any byte altered, and as another gateway's", async () => {
    const scene = await sceneOf("altered certificates");
    const { parameters } = scene.world;
    const bytes = certificateIn(scene);
    const accept = (changed: Uint8Array, identity = identityOf(scene)): string =>
      codeOf(() => acceptShortCertificate(parameters, changed, identity, NOW));
    for (let at = 0; at < bytes.length; at += 3) {
      expect(accept(flipped(bytes, at)), `byte ${at}`).to.match(
        /^E_(SIGNATURE|CERTIFICATE|FIELD)$/,
      );
    }
    expect(accept(flipped(bytes, 16)), "another key").to.equal("E_SIGNATURE");
    expect(accept(flipped(bytes, 63)), "a longer time").to.equal("E_SIGNATURE");
    expect(accept(bytes, { ...identityOf(scene), id: hashOfText("x") })).to.equal("E_CERTIFICATE");
    const stranger = { ...identityOf(scene), key: scene.key.publicKey };
    expect(accept(bytes, stranger)).to.equal("E_SIGNATURE");
    expect(accept(bytes, { ...identityOf(scene), key: new Uint8Array(32) })).to.equal(
      "E_SIGNATURE",
    );
    expect(accept(new Uint8Array())).to.equal("E_LENGTH");
  });

  it("is refused for longer than fifteen minutes, though its gateway signed", async () => {
    const scene = await sceneOf("long certificates");
    const { parameters } = scene.world;
    const certificate = acceptShortCertificate(
      parameters,
      certificateIn(scene),
      identityOf(scene),
      NOW,
    );
    const long = { ...certificate, notAfter: NOW + 901 };
    const bytes = signShortCertificate(parameters, long, scene.gatewayKey);
    expect(
      codeOf(() => acceptShortCertificate(parameters, bytes, identityOf(scene), NOW)),
    ).to.equal("E_TIME");
  });
});

describe("a message under a certificate", function () {
  this.timeout(60_000);

  it("is believed once, while it is fresh, and from its key", async () => {
    const scene = await sceneOf("messages");
    const { parameters, rng } = scene.world;
    const certificate = certificateIn(scene);
    const nowMs = 1_000 * NOW + 5_000;
    const body = new TextEncoder().encode("brake");
    const message = signMessage(certificate, scene.key, nowMs, body);
    const seen = memorySeen(() => nowMs);
    const receive = (bytes: Uint8Array, atMs = nowMs): string =>
      codeOf(() => receiveMessage(parameters, bytes, identityOf(scene), atMs, seen));
    expect(receive(message)).to.equal("accepted");
    expect(receive(message)).to.equal("E_CHALLENGE");
    expect(receive(message, nowMs + 30_001)).to.equal("E_TIME");
    expect(receive(message, nowMs - 30_001)).to.equal("E_TIME");
    for (const at of [195, 200, 263, 264, 268]) {
      expect(receive(flipped(message, at)), `byte ${at}`).to.equal("E_SIGNATURE");
    }
    expect(receive(message.subarray(0, 263))).to.equal("E_LENGTH");
    const swapped = signMessage(certificate, generateSigningKey(rng), nowMs, body);
    expect(receive(swapped)).to.equal("E_SIGNATURE");
    // A receiver that remembers nothing believes it as often as it is sent.
    const forgetful = (): string =>
      codeOf(() => receiveMessage(parameters, message, identityOf(scene), nowMs, () => false));
    expect([forgetful(), forgetful()]).to.deep.equal(["accepted", "accepted"]);
  });

  it("is forgotten when it is stale", () => {
    let nowMs = 0;
    const seen = memorySeen(() => nowMs);
    const signature = Uint8Array.of(1);
    expect([seen(signature, 10), seen(signature, 10)]).to.deep.equal([false, true]);
    nowMs = 11;
    expect(seen(signature, 20)).to.equal(false);
  });
});

function unaltered(bytes: Uint8Array): Uint8Array {
  return bytes;
}
