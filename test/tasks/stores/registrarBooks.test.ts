/**
 * The registrar's books in a folder: as those in memory, and still there when they are opened
 * again.
 */
import { expect } from "chai";
import { id } from "ethers";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptCredential } from "../../../offchain/core/credential/holder.ts";
import { joinRequestFromBytes } from "../../../offchain/core/credential/joinRequest.ts";
import { booksIn } from "../../../tasks/stores/books.ts";
import type {
  RegisteredMember,
  RegistrarStore,
} from "../../../offchain/parties/authority/store.ts";
import { admitMember, type RegisterEntry } from "../../../offchain/core/credential/registrar.ts";
import { G } from "../../../offchain/core/credential/group.ts";
import { bytesToHex, type Hex } from "../../../offchain/core/primitives/bytes.ts";
import { folderRegister } from "../../../tasks/stores/registrarBooks.ts";
import { StateError } from "../../../tasks/stores/state.ts";
import {
  admitted,
  asyncCodeOf,
  CHARGE,
  codeOf,
  EPOCH,
  joinRequestOf,
  type Person,
  personIn,
  type World,
  worldOf,
} from "../../support/credential/world.ts";

describe("the registrar's books in a folder", function () {
  this.timeout(60_000);

  const world = worldOf("register in a folder");
  const anna = personIn(world, "anna");
  const ben = personIn(world, "ben");
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "chargeveil-register-"));
    for (const person of [anna, ben]) await opened().registerMember(memberOf(person));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Every time as by a process of its own. */
  const opened = (): RegistrarStore => folderRegister(booksIn(folder), 2);
  const inFolder = (): World => ({ ...world, register: opened() });
  const joined = async (person: Person, attributes = CHARGE): Promise<Uint8Array> => {
    const request = await joinRequestOf(inFolder(), person, attributes);
    return admitted(inFolder(), request, attributes.epoch);
  };
  const stolenFrom = (person: Person, holder: Person): Person => ({
    ...person,
    holder: holder.holder,
  });

  /** The identifier under which somebody joins. */
  const identifierOf = (person: Person): Hex => bytesToHex(G.multiply(person.holder.usk).toBytes());

  it("let a member in by a request once, also when another process is asked again", async () => {
    const request = await joinRequestOf(inFolder(), anna);
    const answer = await admitted(inFolder(), request);
    expect(codeOf(() => acceptCredential(world.parameters, anna.holder, CHARGE, answer))).to.equal(
      "accepted",
    );
    expect(await asyncCodeOf(() => admitted(inFolder(), request))).to.equal("E_CHALLENGE");
  });

  it("spend a nonce for one of two that bring it at once", async () => {
    const spent = await Promise.all([opened().spendNonce("0x01"), opened().spendNonce("0x01")]);
    expect(spent).to.have.members([true, false]);
  });

  it("keep the signed request behind an identifier", async () => {
    await joined(anna);
    const behind = await opened().requestBehind(identifierOf(anna));
    expect(behind?.memberId).to.equal(anna.memberId);
    const { longTermKey } = joinRequestFromBytes(behind?.request ?? new Uint8Array());
    expect(longTermKey).to.deep.equal(anna.longTermKey.publicKey);
  });

  it("give an identifier to one member, and a member one in an epoch", async () => {
    await joined(anna);
    expect(await asyncCodeOf(() => joined(stolenFrom(ben, anna)))).to.equal("E_IDENTIFIER");
    await joined(ben);
    const another = stolenFrom(anna, personIn(world, "another device"));
    expect(await asyncCodeOf(() => joined(another))).to.equal("E_IDENTIFIER");
    expect(await asyncCodeOf(() => joined(anna)), "the same again").to.equal("accepted");
  });

  it("let a member change its identifier once its last authorisations are over", async () => {
    await joined(anna);
    const another = stolenFrom(anna, personIn(world, "another device"));
    const after = (epochs: number): Promise<string> =>
      asyncCodeOf(() => joined(another, { ...CHARGE, epoch: EPOCH + epochs }));
    expect(await after(1)).to.equal("E_IDENTIFIER");
    expect(await after(2)).to.equal("E_IDENTIFIER");
    expect(await after(3)).to.equal("accepted");
  });

  it("record one of several requests at once, and nothing of the others", async () => {
    const entryOf = (memberId: string, identifier: Hex, epoch = EPOCH): RegisterEntry => {
      return { memberId, epoch, identifier, request: new Uint8Array(1) };
    };
    const atOnce = async (...entries: readonly RegisterEntry[]): Promise<number> => {
      const recorded = await Promise.all(entries.map((entry) => opened().record(entry)));
      return recorded.filter((isRecorded) => isRecorded).length;
    };
    const { memberId } = anna;
    expect(await atOnce(entryOf(memberId, "0x01"), entryOf(memberId, "0x02"))).to.equal(1);
    // Across an epoch's end both may be told no, and never both yes.
    const acrossEnd = [
      entryOf(memberId, "0x11", EPOCH + 20),
      entryOf(memberId, "0x12", EPOCH + 21),
    ];
    expect(await atOnce(...acrossEnd)).to.be.at.most(1);
    expect(await atOnce(entryOf(ben.memberId, "0x03"), entryOf(id("eve"), "0x03"))).to.equal(1);
    const taken = entryOf(ben.memberId, "0x04", EPOCH + 9);
    expect(await atOnce(taken)).to.equal(1);
    expect(await atOnce(entryOf(ben.memberId, "0x05", EPOCH + 9))).to.equal(0);
    expect(await opened().requestBehind("0x05")).to.equal(undefined);
    expect((await opened().requestBehind("0x04"))?.memberId).to.equal(ben.memberId);
  });

  it("let nobody in who is excluded or has no papers, and still know who it was", async () => {
    await joined(anna);
    await opened().keepMember({ ...memberOf(anna), isExcluded: true });
    const next = { ...CHARGE, epoch: EPOCH + 1 };
    expect(await asyncCodeOf(() => joined(anna, next))).to.equal("E_MEMBER");
    const behind = await opened().requestBehind(identifierOf(anna));
    expect(behind?.memberId).to.equal(anna.memberId);
    const discharge = { ...CHARGE, role: "discharge" } as const;
    expect(await asyncCodeOf(() => joined(ben, discharge))).to.equal("E_ROLE");
    expect(await asyncCodeOf(() => joined(personIn(world, "nobody")))).to.equal("E_MEMBER");
  });

  it("find a member by its name, also an excluded one", async () => {
    await opened().keepMember({ ...memberOf(ben), isExcluded: true });
    const [known, included] = [
      await opened().memberNamed("ben"),
      await opened().memberNamed("anna"),
    ];
    expect(known).to.include({ memberId: ben.memberId, isExcluded: true });
    expect(known?.naming).to.deep.equal(ben.naming.signature);
    expect(included).to.include({ isExcluded: false });
    expect(await opened().memberNamed("carol")).to.equal(undefined);
  });

  it("give a name to one of two members that come at once, and to nobody after it", async () => {
    const people = ["carol", "dora"].map((who) => personIn(world, who));
    const members = people.map((person) => ({ ...memberOf(person), name: "carol" }));
    const registered = await Promise.all(members.map((one) => opened().registerMember(one)));
    expect(registered.toSorted()).to.deep.equal([false, true]);
    const first = members[registered.indexOf(true)];
    const other = members[registered.indexOf(false)];
    expect(await opened().memberNamed("carol")).to.deep.equal(first);
    expect(await opened().knownMember(other?.memberId ?? "")).to.equal(undefined);
  });

  it("give no name that older books know by its member alone, and finish what was interrupted", async () => {
    rmSync(join(folder, "names"), { recursive: true });
    const carol = { ...memberOf(personIn(world, "carol")), name: "ben" };
    expect(await opened().registerMember(carol)).to.equal(false);
    const dora = { ...memberOf(personIn(world, "dora")), name: "dora" };
    await opened().registerMember(dora);
    rmSync(join(folder, `members/${dora.memberId}.json`));
    expect(await opened().registerMember(dora)).to.equal(true);
    await opened().keepMember({ ...dora, isExcluded: true });
    expect(await opened().registerMember(dora)).to.equal(true);
    expect(await opened().memberNamed("dora")).to.include({ isExcluded: true });
  });

  it("serve the registrar's role as the books in memory do", async () => {
    const { parameters, issuerKey, rng } = world;
    const admit = async (epoch: number): Promise<Uint8Array> => {
      const request = await joinRequestOf(world, anna);
      return admitMember(parameters, issuerKey, opened(), { epoch }, request, rng);
    };
    const answer = await admit(EPOCH);
    expect(codeOf(() => acceptCredential(parameters, anna.holder, CHARGE, answer))).to.equal(
      "accepted",
    );
    expect(await asyncCodeOf(() => admit(EPOCH + 1))).to.equal("E_EPOCH");
  });

  it("are files of mode 0600, of which a damaged one is named", async () => {
    await joined(anna);
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile()).map((f) => join(f.parentPath, f.name));
    expect(files).to.have.lengthOf(7);
    for (const file of files) expect(statSync(file).mode & 0o777, file).to.equal(0o600);
    const member = join(folder, `members/${anna.memberId}.json`);
    writeFileSync(member, "{");
    const failure = await opened()
      .memberOf(anna.memberId)
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(StateError);
    expect(String(failure)).to.include(member);
  });
});

function memberOf({ memberId, naming }: Person): RegisteredMember {
  const { name, signature } = naming;
  return { memberId, name, naming: signature, roles: ["charge"], isExcluded: false };
}
