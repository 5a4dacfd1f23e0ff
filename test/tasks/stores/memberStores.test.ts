/**
 * What a member keeps of itself, in memory and in a state folder: keys that were kept are never
 * written over, whoever makes others at once.
 */
import { expect } from "chai";
import { id } from "ethers";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex } from "../../../offchain/core/primitives/bytes.ts";
import {
  membershipOf,
  memoryMembership,
  type MembershipStore,
} from "../../../offchain/parties/vehicle/membership.ts";
import {
  memorySessionAccount,
  sessionAccountIn,
  type SessionAccount,
  type SessionAccountStore,
} from "../../../offchain/parties/vehicle/sessionAccount.ts";
import { membershipIn } from "../../../tasks/stores/holders.ts";
import { sessionAccountsIn } from "../../../tasks/stores/sessionAccounts.ts";
import { stateIn } from "../../../tasks/stores/state.ts";
import { asyncRefusal, counterRng } from "../../support/primitives/draws.ts";

const RUNS = ["1", "2", "3", "4"];
const SCOPE = id("a scope");

/** Secret keys too, which a pair does not show of itself. */
function all(account: SessionAccount | null): object {
  if (account === null) return {};
  const { sealKeys, ...rest } = account;
  const { publicKey, privateKey } = sealKeys;
  return { ...rest, sealKeys: { publicKey, privateKey: bytesToHex(privateKey) } };
}

interface Stores {
  readonly member: MembershipStore;
  readonly account: SessionAccountStore;
}

describe("stores of a member", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chargeveil-member-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Every time as by a process of its own. */
  const inFolder = (): Stores => {
    const state = stateIn(folder);
    return { member: membershipIn({ state }, "ann"), account: sessionAccountsIn(state, "trip") };
  };
  const kinds: Readonly<Record<string, () => () => Stores>> = {
    "in memory": () => {
      const stores = { member: memoryMembership(), account: memorySessionAccount() };
      return () => stores;
    },
    "in a folder": () => inFolder,
  };
  const modeOf = (path: string): number => statSync(join(folder, path)).mode & 0o777;

  for (const [where, open] of Object.entries(kinds)) {
    describe(where, () => {
      it("have one membership for all that make keys at once, and keep it", async () => {
        const stores = open();
        const memberships = await Promise.all(
          RUNS.map((run) => membershipOf(stores().member, counterRng(run))),
        );
        const kept = await stores().member.membership();
        expect(kept).not.to.equal(null);
        for (const one of memberships) expect(one).to.deep.equal(kept);
        const late = await membershipOf(stores().member, counterRng("late"));
        expect(late).to.deep.equal(kept);
      });

      it("replace what was joined for, and never the keys", async () => {
        const stores = open();
        const joined = { role: "charge", epoch: 7, answer: new Uint8Array([1]) } as const;
        expect(await asyncRefusal(() => stores().member.keepJoined(joined))).to.equal(
          "MembershipError E_MEMBERSHIP_NONE",
        );
        const membership = await membershipOf(stores().member, counterRng("keys"));
        for (const epoch of [7, 8]) {
          await stores().member.keepJoined({ ...joined, epoch });
          expect(await stores().member.membership()).to.deep.equal({
            ...membership,
            joined: { ...joined, epoch },
          });
        }
      });

      it("keep the registrar's first word, beside what was joined for", async () => {
        const stores = open();
        const naming = { name: "ann", memberId: id("none"), signature: new Uint8Array(64) };
        expect(await asyncRefusal(() => stores().member.keepNaming(naming))).to.equal(
          "MembershipError E_MEMBERSHIP_NONE",
        );
        const membership = await membershipOf(stores().member, counterRng("keys"));
        const { memberId } = membership;
        const [first, later] = ["ann", "another"].map((name) => ({ ...naming, name, memberId }));
        if (first === undefined || later === undefined) throw new RangeError("expected two");
        expect(await stores().member.keepNaming(first)).to.deep.equal(first);
        const joined = { role: "charge", epoch: 7, answer: new Uint8Array([1]) } as const;
        await stores().member.keepJoined(joined);
        expect(await stores().member.keepNaming(later)).to.deep.equal(first);
        const kept = { ...membership, naming: first, joined };
        expect(await stores().member.membership()).to.deep.equal(kept);
      });

      it("have one account in a scope for all that make one at once, and another elsewhere", async () => {
        const stores = open();
        expect(await stores().account.sessionAccount(SCOPE)).to.equal(null);
        const accounts = await Promise.all(
          RUNS.map((run) => sessionAccountIn(stores().account, SCOPE, counterRng(run))),
        );
        const kept = await stores().account.sessionAccount(SCOPE);
        expect(kept).not.to.equal(null);
        for (const one of accounts) expect(all(one)).to.deep.equal(all(kept));
        const there = id("elsewhere");
        const other = await sessionAccountIn(stores().account, there, counterRng("elsewhere"));
        expect(other.privateKey).not.to.equal(kept?.privateKey);
        expect(all(await stores().account.sessionAccount(there))).to.deep.equal(all(other));
        expect(all(await stores().account.sessionAccount(SCOPE))).to.deep.equal(all(kept));
      });
    });
  }

  it("are files of mode 0600", async () => {
    await membershipOf(inFolder().member, counterRng("keys"));
    await sessionAccountIn(inFolder().account, SCOPE, counterRng("account"));
    expect(modeOf("credentials/holders/ann.json")).to.equal(0o600);
    expect(modeOf(`credentials/accounts/trip/${SCOPE}.json`)).to.equal(0o600);
  });

  it("go on with the account that an older version has kept, in its scope alone", async () => {
    const made = await sessionAccountIn(memorySessionAccount(), SCOPE, counterRng("older"));
    await stateIn(folder).writeSecret("credentials/accounts/trip.json", {
      scope: SCOPE,
      privateKey: made.privateKey,
      sealPublicKey: bytesToHex(made.sealKeys.publicKey),
      sealPrivateKey: bytesToHex(made.sealKeys.privateKey),
    });
    const account = await sessionAccountIn(inFolder().account, SCOPE, counterRng("newer"));
    expect(all(account)).to.deep.equal(all(made));
    expect(await inFolder().account.sessionAccount(id("elsewhere"))).to.equal(null);
  });
});
