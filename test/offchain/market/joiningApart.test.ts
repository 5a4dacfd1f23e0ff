/**
 * A member and a registrar that exchange two letters: nobody on the way, and no other member or
 * market, gets anything out of them.
 */
import { expect } from "chai";
import { restEpochs } from "../../../offchain/core/credential/registrar.ts";
import { EPOCH_SECONDS } from "../../../offchain/core/messages/lifetimes.ts";
import {
  admitToMarket,
  askToJoinMarket,
  excludeMember,
  keepMembership,
  type JoinAnswer,
} from "../../../offchain/market/joining.ts";
import type { JoinLetter } from "../../../offchain/core/credential/joinLetter.ts";
import type { RegistrarDesk } from "../../../offchain/parties/authority/desk.ts";
import { memoryRegistrarStore } from "../../../offchain/parties/authority/store.ts";
import {
  memoryMembership,
  type MembershipStore,
} from "../../../offchain/parties/vehicle/membership.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";
import { CHARGE, EPOCH, worldOf } from "../../support/credential/world.ts";

describe("joining a market by letters", () => {
  const { parameters, issuerKey, rng } = worldOf("letters");
  let registrar: RegistrarDesk;

  beforeEach(() => {
    const store = memoryRegistrarStore(restEpochs(EPOCH_SECONDS));
    registrar = { parameters, issuerKey, store, rng };
  });

  const letterOf = (
    store: MembershipStore,
    name = "anna",
    attributes = CHARGE,
  ): Promise<JoinLetter> => askToJoinMarket(parameters, { store, rng }, { name, attributes });
  const admitted = (letter: JoinLetter, epoch = EPOCH): Promise<JoinAnswer> =>
    admitToMarket(registrar, epoch, letter);
  const refused = (letter: JoinLetter, epoch?: number): Promise<string> =>
    codeOf(() => admitted(letter, epoch));

  it("gives a credential that the member alone can keep", async () => {
    const [anna, ben] = [memoryMembership(), memoryMembership()];
    const answer = await admitted(await letterOf(anna));
    await letterOf(ben, "ben");
    expect(await codeOf(() => keepMembership(parameters, ben, answer))).to.equal("E_MEMBER");
    const nobody = memoryMembership();
    const keeping = (): Promise<unknown> => keepMembership(parameters, nobody, answer);
    expect(await codeOf(keeping)).to.equal("E_MEMBERSHIP_NONE");
    const { credential } = await keepMembership(parameters, anna, answer);
    expect(credential.attributes).to.deep.equal(CHARGE);
    expect(await anna.membership()).to.deep.include({ naming: answer.naming });
  });

  it("is refused under a name or for a market that was not signed for", async () => {
    const letter = await letterOf(memoryMembership());
    expect(await refused({ ...letter, name: "ben" })).to.equal("E_SIGNATURE");
    expect(await refused({ ...letter, request: letter.request.slice(1) })).to.equal("E_LENGTH");
    const elsewhere = { ...registrar, parameters: worldOf("elsewhere").parameters };
    const there = (): Promise<unknown> => admitToMarket(elsewhere, EPOCH, letter);
    expect(await codeOf(there)).to.equal("E_SIGNATURE");
    expect(await registrar.store.memberNamed("ben")).to.equal(undefined);
    expect(await refused(letter), "as it was signed").to.equal("accepted");
  });

  it("is refused again, later, to others of the name, and to whoever is excluded", async () => {
    const anna = memoryMembership();
    const letter = await letterOf(anna);
    await admitted(letter);
    expect(await refused(letter)).to.equal("E_CHALLENGE");
    expect(await refused(await letterOf(anna), EPOCH + 1)).to.equal("E_EPOCH");
    expect(await refused(await letterOf(memoryMembership()))).to.equal("E_MEMBER_NAME");
    // Whoever reads the name of a member must not read another's.
    for (const alike of ["Anna", " anna ", "an\u200bna", "\u0430nna", "anna\u001b[D"]) {
      const other = await letterOf(memoryMembership(), alike);
      expect(await refused(other), alike).to.equal("E_MEMBER_NAME");
    }
    const more = { ...CHARGE, role: "discharge" } as const;
    expect(await refused(await letterOf(anna, "anna", more))).to.equal("E_ROLE");
    await excludeMember(registrar.store, { name: "anna", isExcluded: true });
    expect(await refused(await letterOf(anna))).to.equal("E_MEMBER");
  });

  it("keeps nothing of an answer that somebody changed", async () => {
    const anna = memoryMembership();
    const { naming, joined } = await admitted(await letterOf(anna));
    const keep = (answer: JoinAnswer): Promise<string> =>
      codeOf(() => keepMembership(parameters, anna, answer));
    const later = { ...joined, epoch: EPOCH + 1 };
    expect(await keep({ naming, joined: later })).to.equal("E_CREDENTIAL");
    const renamed = { ...naming, name: "ben" };
    expect(await keep({ naming: renamed, joined })).to.equal("E_SIGNATURE");
    expect(await anna.membership()).to.include({ joined: null });
    expect(await keep({ naming, joined })).to.equal("accepted");
  });
});

async function codeOf(action: () => Promise<unknown>): Promise<string> {
  return (await asyncRefusal(action)).split(" ").at(-1) ?? "";
}
