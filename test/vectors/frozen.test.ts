/**
 * The bytes of our own formats, as they were frozen in the files beside this test: what is made of
 * the same draws is the same today, and what was made then is read, verified and opened today.
 * `npm run vectors` writes the files anew, where a format is changed on purpose.
 */
import { expect } from "chai";
import { verifyTypedData, Wallet } from "ethers";
import { z } from "zod";
import { ROLES } from "../../offchain/core/credential/attributes.ts";
import { authorisationSigner } from "../../offchain/core/credential/handshake/authorisation.ts";
import {
  answerFromBytes,
  proofFromBytes,
  signedHelloFromBytes,
  showMessage,
} from "../../offchain/core/credential/handshake/handshakeMessages.ts";
import {
  assertConfirmation,
  openBox,
  sealBox,
} from "../../offchain/core/credential/handshake/sessionKeys.ts";
import { assertNaming } from "../../offchain/core/credential/naming.ts";
import {
  acceptParameters,
  type CredentialParameters,
} from "../../offchain/core/credential/parameters.ts";
import { type Demand, verifyPresentation } from "../../offchain/core/credential/verify.ts";
import { answerFromBytes as coinsAnswered } from "../../offchain/core/funding/formats.ts";
import { redeemCoins } from "../../offchain/core/funding/mint.ts";
import { memoryMintBook } from "../../offchain/core/funding/mintBook.ts";
import { acceptCoins } from "../../offchain/core/funding/purse.ts";
import { NOTICE_BYTES, openNotice } from "../../offchain/core/messages/standing.ts";
import { chainKey, meterKeyId, parseMeterKey } from "../../offchain/core/meter/meterKey.ts";
import { parseRecord } from "../../offchain/core/meter/ocmfRecord.ts";
import { isSignedBy } from "../../offchain/core/meter/signature.ts";
import { bytesToHex, hexToBytes } from "../../offchain/core/primitives/bytes.ts";
import { codeOf, flipped } from "../support/credential/world.ts";
import { refusal } from "../support/primitives/draws.ts";
import { FROZEN, readFrozen } from "../support/vectors/frozen/files.ts";
import { stationScopeId } from "../../offchain/core/credential/scope.ts";

const bytes = z.string().transform(hexToBytes);
const joiningShape = z.object({
  registry: z.object({ chainId: z.string().transform(BigInt), identities: z.string() }),
  tracers: z.object({ threshold: z.number(), members: z.number() }),
  role: z.enum(ROLES),
  epoch: z.number(),
  name: z.string(),
  memberId: z.string(),
  issuerKey: bytes,
  dealing: bytes,
  parametersId: bytes,
  naming: bytes,
});
const presentationShape = z.object({
  joining: joiningShape,
  scope: z.object({ scopeId: bytes }),
  message: z.string(),
  presentation: bytes,
  nym: bytes,
});
const coinsShape = z.object({
  epoch: z.number(),
  units: z.string().transform(BigInt),
  mintSecret: bytes,
  mintKey: bytes,
  answer: bytes,
  coins: bytes,
  kept: z.array(
    z.object({
      exponent: z.number(),
      serial: bytes,
      blind: bytes,
      blinded: bytes,
      tweakedKey: bytes,
    }),
  ),
  outputs: z.array(bytes),
});
const handshakeShape = z.object({
  wallets: z.object({ station: z.string(), account: z.string() }),
  terms: z.object({ epoch: z.number(), roles: z.array(z.enum(ROLES)) }),
  messages: z.tuple([bytes, bytes, bytes, bytes, bytes]),
  transcripts: z.tuple([bytes, bytes, bytes, bytes, bytes]),
  keys: z.object({ vehicleBox: bytes, stationBox: bytes, stationMac: bytes, vehicleMac: bytes }),
  plaintexts: z.object({ m3: bytes, m4: bytes }),
});
const meterShape = z.object({
  meters: z.array(
    z.object({
      curve: z.enum(["secp256r1", "secp256k1"]),
      keyForms: z.record(z.string(), z.string()),
      meterKeyId: z.string(),
      records: z.array(z.object({ text: z.string(), payload: bytes })),
    }),
  ),
});
const standingShape = z.object({
  sealKeys: z.object({ publicKey: bytes, privateKey: bytes }),
  root: z.string(),
  notices: z.array(
    z.object({
      standing: z.object({
        auctionId: z.string(),
        round: z.string().transform(BigInt),
        bidCommitment: z.string(),
        leads: z.boolean(),
        salt: z.string(),
      }),
      proof: z.array(z.string()),
      content: bytes,
      box: z.string(),
    }),
  ),
});
const typedDataShape = z.object({
  signer: z.object({ address: z.string() }),
  types: z.array(
    z.object({
      name: z.string(),
      domain: z.record(z.string(), z.string()),
      encodedType: z.string(),
      message: z.record(z.string(), z.string()),
      signature: z.string(),
    }),
  ),
});

describe("frozen vectors", () => {
  for (const [name, make] of Object.entries(FROZEN)) {
    it(`${name}: the same draws make the same bytes (npm run vectors, if that is to change)`, async () => {
      expect(await make()).to.deep.equal(readFrozen(name));
    });
  }

  it("presentation: holds under the published keys, and with no bit changed", () => {
    const { parameters, demand, presentation, nym } = presented();
    const shown = verifyPresentation(parameters, presentation, demand);
    expect(shown.nym.toBytes()).to.deep.equal(new Uint8Array(nym));
    for (const at of [0, 50, 239, 240, 300, 399, 400, 404]) {
      const altered = flipped(presentation, at);
      const code = codeOf(() => verifyPresentation(parameters, altered, demand));
      expect(code, `byte ${at}`).not.to.equal("accepted");
    }
  });

  it("presentation: the member is named by the registrar", () => {
    const { joining } = presentationShape.parse(readFrozen("presentation"));
    const { parameters } = presented();
    expect(parameters.id).to.deep.equal(new Uint8Array(joining.parametersId));
    const { name, memberId, naming } = joining;
    expect(
      codeOf(() => {
        assertNaming(parameters, { name, memberId, signature: naming });
      }),
    ).to.equal("accepted");
    const other = { name: "Berta Muster", memberId, signature: naming };
    expect(
      codeOf(() => {
        assertNaming(parameters, other);
      }),
    ).to.equal("E_SIGNATURE");
  });

  it("coins: the holder accepts the answer, and the mint takes the coins once", async () => {
    const frozen = coinsShape.parse(readFrozen("coins"));
    const { epoch, units, kept, answer, outputs, coins, mintSecret, mintKey } = frozen;
    const accepted = acceptCoins({ epoch, coins: kept }, answer);
    expect(accepted.map(({ output }) => bytesToHex(output))).to.deep.equal(outputs.map(bytesToHex));
    const exponents = kept.map(({ exponent }) => exponent);
    const { proofs } = coinsAnswered(answer, exponents);
    expect(proofs).to.have.length(kept.length);
    const altered = flipped(answer, answer.length - 1);
    const accepting = refusal(() => acceptCoins({ epoch, coins: kept }, altered));
    expect(accepting).to.equal("FundingError E_PROOF");
    const mint = { key: { secret: mintSecret, publicKey: mintKey }, epoch };
    expect(await redeemCoins(mint, memoryMintBook(), coins)).to.equal(units);
  });

  it("handshake: who has the keys opens M3 and M4, and finds what was shown and granted", () => {
    const { wallets, terms, messages, transcripts, keys, plaintexts } = handshakeShape.parse(
      readFrozen("handshake"),
    );
    const { parameters } = presented();
    const [, m2, m3, m4, m5] = messages;
    const [, , second, third, fourth] = transcripts;
    expect(openBox(keys.vehicleBox, m3, second)).to.deep.equal(new Uint8Array(plaintexts.m3));
    expect(openBox(keys.stationBox, m4, third)).to.deep.equal(new Uint8Array(plaintexts.m4));
    expect(sealBox(keys.vehicleBox, plaintexts.m3, second)).to.deep.equal(new Uint8Array(m3));
    const hello = signedHelloFromBytes(m2);
    const proof = proofFromBytes(plaintexts.m3);
    expect(proof.account).to.equal(new Wallet(wallets.account).address);
    const message = showMessage(second, proof.account);
    const demand = { ...terms, scope: hello.policy.scope, message };
    expect(codeOf(() => verifyPresentation(parameters, proof.presentation, demand))).to.equal(
      "accepted",
    );
    const { granted, mac } = answerFromBytes(plaintexts.m4);
    if (granted === null) throw new RangeError("expected an authorisation");
    const { registry } = parameters;
    const station = new Wallet(wallets.station).address;
    expect(authorisationSigner(registry, granted)).to.equal(station);
    const consent = { ...granted, signature: proof.consent };
    expect(authorisationSigner(registry, consent)).to.equal(proof.account);
    expect(granted.authorisation.account).to.equal(proof.account);
    expect(stationScopeId(granted.authorisation)).to.equal(bytesToHex(hello.policy.scope));
    assertConfirmation(keys.stationMac, third, mac);
    assertConfirmation(keys.vehicleMac, fourth, m5);
    expect(codeOf(() => openBox(keys.stationBox, m4, second))).to.equal("E_AEAD");
  });

  it("meter: every form of a key is the same key, and verifies its records alone", async () => {
    const { meters } = meterShape.parse(readFrozen("meter"));
    for (const { curve, keyForms, meterKeyId: keyId, records } of meters) {
      expect(Object.keys(keyForms)).to.have.length(8);
      for (const [form, text] of Object.entries(keyForms)) {
        const key = parseMeterKey(text, curve);
        expect(meterKeyId(chainKey(key)), form).to.equal(keyId);
        for (const { text: record, payload } of records) {
          const parsed = parseRecord(record);
          expect(parsed.payload).to.deep.equal(new Uint8Array(payload));
          expect(await isSignedBy(parsed, key), form).to.equal(true);
          const later = parseRecord(record.replace("T42", "T52").replace("T43", "T53"));
          expect(await isSignedBy(later, key), form).to.equal(false);
        }
      }
    }
  });

  it("standing: each notice opens to what the pile was told, and is of one length", async () => {
    const { sealKeys, root, notices } = standingShape.parse(readFrozen("standing"));
    expect(notices.map(({ standing }) => standing.leads)).to.deep.equal([true, false, true]);
    for (const { standing, proof, content, box } of notices) {
      expect(await openNotice(sealKeys, standing, root, box)).to.deep.equal({ standing, proof });
      expect(content).to.have.length(NOTICE_BYTES);
    }
  });

  it("typed data: every signature is the signer's, and no other domain's", () => {
    const { signer, types } = typedDataShape.parse(readFrozen("typedData"));
    expect(types.length).to.be.at.least(6);
    for (const { name, domain, encodedType, message, signature } of types) {
      const fields = { [name]: fieldsOf(encodedType) };
      const recovered = verifyTypedData(domain, fields, message, signature);
      expect(recovered, name).to.equal(signer.address);
      const elsewhere = { ...domain, chainId: "1" };
      expect(verifyTypedData(elsewhere, fields, message, signature), name).not.to.equal(recovered);
    }
  });
});

interface Presented {
  readonly parameters: CredentialParameters;
  readonly demand: Demand;
  readonly presentation: Uint8Array;
  readonly nym: Uint8Array;
}

/** The presentation of the file, and what its verifier knows. */
function presented(): Presented {
  const { joining, scope, message, presentation, nym } = presentationShape.parse(
    readFrozen("presentation"),
  );
  const { registry, tracers, issuerKey, dealing, epoch, role } = joining;
  const published = { ...tracers, registry, issuerKey, dealings: [dealing] };
  const said = { scope: scope.scopeId, message: new TextEncoder().encode(message) };
  const parameters = acceptParameters(published);
  return { parameters, demand: { ...said, epoch, roles: [role] }, presentation, nym };
}

/** The fields of `Name(type name,…)`. */
function fieldsOf(encodedType: string): { readonly name: string; readonly type: string }[] {
  const inside = encodedType.slice(encodedType.indexOf("(") + 1, -1);
  return inside.split(",").map((field) => {
    const [type = "", name = ""] = field.split(" ");
    return { name, type };
  });
}
