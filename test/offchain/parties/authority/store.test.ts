/** The register in memory: whatever is spent or claimed by two at once is one's. */
import { expect } from "chai";
import { id } from "ethers";
import type { RegisterEntry } from "../../../../offchain/core/credential/registrar.ts";
import type { Hex } from "../../../../offchain/core/primitives/bytes.ts";
import {
  memoryRegistrarStore,
  type RegisteredMember,
} from "../../../../offchain/parties/authority/store.ts";

const ANNA: RegisteredMember = {
  memberId: id("anna"),
  name: "anna",
  naming: new Uint8Array(64),
  roles: ["charge"],
  isExcluded: false,
};

const entryOf = (memberId: string, identifier: Hex): RegisterEntry => {
  return { memberId, epoch: 7, identifier, request: new Uint8Array(1) };
};

describe("the register in memory", () => {
  it("spends a nonce for one of two that bring it at once", async () => {
    const store = memoryRegistrarStore(2);
    const spent = await Promise.all([store.spendNonce("0x01"), store.spendNonce("0x01")]);
    expect(spent).to.deep.equal([true, false]);
  });

  it("records one of two requests at once, and nothing of the other", async () => {
    const store = memoryRegistrarStore(2);
    await store.registerMember(ANNA);
    const { memberId } = ANNA;
    const identifiers = await Promise.all(
      [entryOf(memberId, "0x01"), entryOf(memberId, "0x02")].map((entry) => store.record(entry)),
    );
    expect(identifiers).to.deep.equal([true, false]);
    expect((await store.requestBehind("0x01"))?.memberId).to.equal(memberId);
    expect(await store.requestBehind("0x02")).to.equal(undefined);
    expect(await store.record(entryOf(id("eve"), "0x01"))).to.equal(false);
    expect(await store.record(entryOf(memberId, "0x01")), "the same again").to.equal(true);
  });

  it("gives a name to one member, who stays as it is when it is registered again", async () => {
    const store = memoryRegistrarStore(2);
    const another = { ...ANNA, memberId: id("another anna") };
    const registered = await Promise.all([ANNA, another].map((one) => store.registerMember(one)));
    expect(registered).to.deep.equal([true, false]);
    expect(await store.knownMember(another.memberId)).to.equal(undefined);
    await store.keepMember({ ...ANNA, isExcluded: true });
    expect(await store.registerMember(ANNA)).to.equal(true);
    expect(await store.memberOf(ANNA.memberId)).to.equal(undefined);
  });

  it("keeps an excluded member in the books and out of the market", async () => {
    const store = memoryRegistrarStore(2);
    await store.registerMember(ANNA);
    expect(await store.memberOf(ANNA.memberId)).not.to.equal(undefined);
    await store.keepMember({ ...ANNA, isExcluded: true });
    expect(await store.memberOf(ANNA.memberId)).to.equal(undefined);
    expect(await store.memberNamed("anna")).to.include({ isExcluded: true });
  });
});
