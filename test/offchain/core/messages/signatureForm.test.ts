import { expect } from "chai";
import { Signature, Wallet } from "ethers";
import { RULING_TYPES, sessionDomain } from "../../../../offchain/core/messages/typedData.ts";
import { signerOf } from "../../../../offchain/core/messages/signatureForm.ts";

/** Of the curve. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const WALLET = new Wallet(`0x${"17".repeat(32)}`);

describe("the form of a signature", () => {
  const message = {
    domain: sessionDomain(1n, WALLET.address),
    types: RULING_TYPES,
    value: { sessionId: `0x${"ab".repeat(32)}`, amount: 7n },
  };
  const signed = (): Promise<string> =>
    WALLET.signTypedData(message.domain, message.types, message.value);

  it("names who has signed", async () => {
    expect(signerOf(message, await signed())).to.equal(WALLET.address);
    const other = { ...message, value: { ...message.value, amount: 8n } };
    expect(signerOf(other, await signed())).to.not.equal(WALLET.address);
  });

  it("is one: another v, the higher s, a shorter one, capitals and other bytes name nobody", async () => {
    const signature = await signed();
    const { r, s, v, compactSerialized } = Signature.from(signature);
    const higherS = (ORDER - BigInt(s)).toString(16).padStart(64, "0");
    const others = [
      `${signature.slice(0, -2)}0${v - 27}`,
      `${r}${higherS}${v === 27 ? "1c" : "1b"}`,
      compactSerialized,
      `0x${signature.slice(2).toUpperCase()}`,
      `${signature}00`,
      "0x",
      "no signature",
    ];
    expect(others.map((other) => signerOf(message, other))).to.deep.equal(others.map(() => null));
  });
});
