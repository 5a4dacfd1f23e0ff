/** The registrar's books in a folder: as those in memory, and still there when they are opened again. */
import { expect } from "chai";
import { id } from "ethers";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptCredential, askToJoin } from "../../../offchain/core/credential/holder.ts";
import { joinRequestFromBytes } from "../../../offchain/core/credential/joinRequest.ts";
import { admitToEpoch } from "../../../offchain/parties/authority/credentials.ts";
import { booksIn } from "../../../tasks/stores/books.ts";
import {
  folderRegister,
  type FolderRegister,
  type RegisteredMember,
} from "../../../tasks/stores/registrarBooks.ts";
import { StateError } from "../../../tasks/stores/state.ts";
import {
  admitted,
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

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "chargeveil-register-"));
    for (const person of [anna, ben]) opened().keep(memberOf(person));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Every time as by a process of its own. */
  const opened = (): FolderRegister => folderRegister(booksIn(folder), 2);
  const inFolder = (): World => ({ ...world, register: opened() });
  const joined = (person: Person, attributes = CHARGE): Uint8Array => {
    const request = joinRequestOf(inFolder(), person, attributes);
    return admitted(inFolder(), request, attributes.epoch);
  };
  const stolenFrom = (person: Person, holder: Person): Person => ({
    ...person,
    holder: holder.holder,
  });

  it("let a member in with a nonce that an earlier process gave, once", () => {
    const request = joinRequestOf(inFolder(), anna);
    const answer = admitted(inFolder(), request);
    expect(codeOf(() => acceptCredential(world.parameters, anna.holder, CHARGE, answer))).to.equal(
      "accepted",
    );
    expect(codeOf(() => admitted(inFolder(), request))).to.equal("E_CHALLENGE");
    expect(codeOf(() => admitted(inFolder(), joinRequestOf(world, ben)))).to.equal("E_CHALLENGE");
  });

  it("keep the signed request behind an identifier", () => {
    joined(anna);
    const identifier = opened().identifierOf(anna.memberId, EPOCH);
    if (identifier === undefined) throw new RangeError("expected an identifier");
    expect(opened().holderOf(identifier)).to.equal(anna.memberId);
    const behind = opened().requestBehind(identifier);
    expect(behind?.longTermKey).to.deep.equal(anna.longTermKey.publicKey);
    expect(joinRequestFromBytes(behind?.entry.request ?? new Uint8Array()).memberId).to.equal(
      anna.memberId,
    );
  });

  it("give an identifier to one member, and a member one in an epoch", () => {
    joined(anna);
    expect(codeOf(() => joined(stolenFrom(ben, anna)))).to.equal("E_IDENTIFIER");
    joined(ben);
    const another = stolenFrom(anna, personIn(world, "another device"));
    expect(codeOf(() => joined(another))).to.equal("E_IDENTIFIER");
    expect(
      codeOf(() => joined(anna)),
      "the same again",
    ).to.equal("accepted");
  });

  it("let a member change its identifier once its last authorisations are over", () => {
    joined(anna);
    const another = stolenFrom(anna, personIn(world, "another device"));
    const after = (epochs: number): string =>
      codeOf(() => joined(another, { ...CHARGE, epoch: EPOCH + epochs }));
    expect(after(1)).to.equal("E_IDENTIFIER");
    expect(after(2)).to.equal("E_IDENTIFIER");
    expect(after(3)).to.equal("accepted");
    expect(opened().identifierOf(anna.memberId, EPOCH + 6)).to.equal(undefined);
  });

  it("are not overtaken: of two requests at once one is recorded", () => {
    joined(anna);
    const identifier = opened().identifierOf(anna.memberId, EPOCH);
    const late = { memberId: anna.memberId, epoch: EPOCH, request: new Uint8Array(1) };
    const record = (): void => {
      opened().record({ ...late, identifier: "0x01" });
    };
    expect(codeOf(record)).to.equal("E_IDENTIFIER");
    expect(opened().identifierOf(anna.memberId, EPOCH)).to.equal(identifier);
    expect(opened().holderOf("0x01")).to.equal(undefined);
  });

  it("let nobody in who is excluded or has no papers, and still know who it was", () => {
    joined(anna);
    opened().keep({ ...memberOf(anna), isExcluded: true });
    const next = { ...CHARGE, epoch: EPOCH + 1 };
    expect(codeOf(() => joined(anna, next))).to.equal("E_MEMBER");
    const identifier = opened().identifierOf(anna.memberId, EPOCH) ?? "0x";
    expect(opened().requestBehind(identifier)?.entry.memberId).to.equal(anna.memberId);
    const discharge = { ...CHARGE, role: "discharge" } as const;
    expect(codeOf(() => joined(ben, discharge))).to.equal("E_ROLE");
    expect(codeOf(() => joined(personIn(world, "nobody")))).to.equal("E_MEMBER");
  });

  it("find a member by its name, also an excluded one", () => {
    opened().keep({ ...memberOf(ben), isExcluded: true });
    expect(opened().memberNamed("ben")).to.include({ memberId: id("ben"), isExcluded: true });
    expect(opened().memberNamed("anna")).to.include({ isExcluded: false });
    expect(opened().memberNamed("carol")).to.equal(undefined);
  });

  it("serve the registrar's role as the books in memory do", () => {
    const { parameters, issuerKey, rng } = world;
    const ask = (nonce: Uint8Array): Uint8Array => {
      const terms = { memberId: anna.memberId, nonce, attributes: CHARGE };
      return askToJoin(parameters, anna.holder, anna.longTermKey, terms, rng);
    };
    const answer = admitToEpoch(parameters, issuerKey, opened(), EPOCH, ask, rng);
    expect(codeOf(() => acceptCredential(parameters, anna.holder, CHARGE, answer))).to.equal(
      "accepted",
    );
    const late = (): Uint8Array =>
      admitToEpoch(parameters, issuerKey, opened(), EPOCH + 1, ask, rng);
    expect(codeOf(late)).to.equal("E_EPOCH");
  });

  it("are files of mode 0600, of which a damaged one is named", () => {
    joined(anna);
    const names = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile()).map((f) => join(f.parentPath, f.name));
    expect(files).to.have.lengthOf(4);
    for (const file of files) expect(statSync(file).mode & 0o777, file).to.equal(0o600);
    const member = join(folder, `members/${anna.memberId}.json`);
    writeFileSync(member, "{");
    expect(() => opened().memberOf(anna.memberId)).to.throw(StateError, member);
  });
});

function memberOf({ memberId, longTermKey }: Person): RegisteredMember {
  const name = memberId === id("anna") ? "anna" : "ben";
  const longTerm = longTermKey.publicKey;
  return { memberId, name, longTermKey: longTerm, roles: ["charge"], isExcluded: false };
}
