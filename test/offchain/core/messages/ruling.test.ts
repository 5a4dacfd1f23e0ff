/** What an arbiter signs. */
import { expect } from "chai";
import { id, verifyTypedData, Wallet } from "ethers";
import { signBeginReading } from "../../../../offchain/core/messages/reading.ts";
import { signRuling } from "../../../../offchain/core/messages/ruling.ts";
import {
  BEGIN_READING_TYPES,
  RULING_TYPES,
  sessionDomain,
} from "../../../../offchain/core/messages/typedData.ts";

const SESSIONS = `0x${"5e".repeat(20)}`;
const VENUE = { chainId: 31_337n, sessions: SESSIONS };
const DOMAIN = sessionDomain(VENUE.chainId, SESSIONS);
const SIGNER = new Wallet(`0x${"01".repeat(32)}`);

describe("what is signed about a disputed or nameless session", () => {
  it("is a ruling of whoever signed it, for one contract on one chain", async () => {
    const ruling = { sessionId: id("a session"), amount: 77n };
    const signature = await signRuling(SIGNER, VENUE, ruling);
    expect(verifyTypedData(DOMAIN, RULING_TYPES, ruling, signature)).to.equal(SIGNER.address);
    const elsewhere = sessionDomain(1n, SESSIONS);
    expect(verifyTypedData(elsewhere, RULING_TYPES, ruling, signature)).to.not.equal(
      SIGNER.address,
    );
  });

  it("is a begin reading of whoever signed it, for one contract on one chain", async () => {
    const begin = {
      sessionId: id("a session"),
      meterKeyId: id("a meter"),
      pagination: 7n,
      registerMilliWh: 2_935_600_000n,
    };
    const signature = await signBeginReading(SIGNER, VENUE, begin);
    expect(verifyTypedData(DOMAIN, BEGIN_READING_TYPES, begin, signature)).to.equal(SIGNER.address);
    const another = { ...begin, pagination: 8n };
    expect(verifyTypedData(DOMAIN, BEGIN_READING_TYPES, another, signature)).to.not.equal(
      SIGNER.address,
    );
  });
});
