/** Cloaking between vehicles with credentials and a cloaker that knows nobody. */
import { expect } from "chai";
import { id } from "ethers";
import { CloakError } from "../../../../offchain/core/cloak/cloakError.ts";
import { pinned } from "../../../../offchain/core/cloak/pinnedSession.ts";
import type { CloakRule } from "../../../../offchain/core/cloak/reciprocalBuckets.ts";
import { encodeRequest } from "../../../../offchain/core/cloak/unitedRequest.ts";
import { CredentialError } from "../../../../offchain/core/credential/credentialError.ts";
import type { Credential } from "../../../../offchain/core/credential/holder.ts";
import { RandomError } from "../../../../offchain/core/primitives/random.ts";
import {
  admitToCloak,
  cloakAll,
  type CloakEpoch,
} from "../../../../offchain/parties/cloaker/buckets.ts";
import {
  askToCloak,
  bucketOf,
  type AskedToCloak,
} from "../../../../offchain/parties/vehicle/cloaking.ts";
import { credentialsOf, EPOCH, worldOf } from "../../../support/credential/world.ts";

const RULE: CloakRule = { k: 3, l: 2, leastSpreadM: 0, mostSpreadM: 4_000, cellM: 250 };
const MOMENT: CloakEpoch = {
  rule: RULE,
  scope: { service: "cloak", place: id("here"), slot: 7 },
  credentialEpoch: EPOCH,
};

describe("cloaker", function () {
  this.timeout(60_000);

  const world = worldOf("cloaker");
  const { parameters, rng } = world;
  let credentials: readonly Credential[];
  let asked: readonly AskedToCloak[];

  const askFrom = (credential: Credential, xM: number, moment = MOMENT): AskedToCloak =>
    askToCloak(parameters, credential, moment.scope, { place: { xM, yM: 100 }, cellM: 250 }, rng);
  const outcomeOf = (some: readonly AskedToCloak[]): ReturnType<typeof cloakAll> =>
    cloakAll(
      MOMENT,
      some.map(({ joining }) => admitToCloak(parameters, MOMENT, joining)),
      rng,
    );

  before(async () => {
    credentials = await credentialsOf(world, ["a", "b", "c", "d"]);
    asked = credentials.map((credential, k) => askFrom(credential, 300 * k));
  });

  it("gives all members of a bucket the same bytes, with their cells in it and no place", () => {
    const outcome = outcomeOf(asked);
    const requests = asked.map((mine) => {
      const session = outcome.get(mine.nym);
      return session ? bucketOf(mine, RULE, session) : null;
    });
    const bytes = requests.map((request) => request && Buffer.from(encodeRequest(request)));
    expect(new Set(bytes.map((one) => one?.toString("hex")))).to.have.property("size", 1);
    const cells = requests[0]?.cells.map(({ column, row }) => `${column}:${row}`);
    expect(cells).to.have.members(["0:0", "1:0", "2:0", "3:0"]);
  });

  it("answers that nobody is hidden where there are too few", () => {
    const outcome = outcomeOf(asked.slice(0, 2));
    expect([...outcome.values()]).to.deep.equal([null, null]);
  });

  it("refuses a vehicle that comes twice, in whatever cell", () => {
    const [credential] = credentials;
    if (credential === undefined) throw new Error("expected a credential");
    const again = [askFrom(credential, 100), askFrom(credential, 3_000), ...asked.slice(1)];
    expect(() => outcomeOf(again))
      .to.throw(CredentialError)
      .with.property("code", "E_NYM_USED");
  });

  it("knows a vehicle of one epoch in another one by nothing", () => {
    const [credential] = credentials;
    if (credential === undefined) throw new Error("expected a credential");
    const later = { ...MOMENT, scope: { ...MOMENT.scope, slot: 8 } };
    const [now, then] = [askFrom(credential, 0), askFrom(credential, 0, later)];
    expect(now.nym).not.to.equal(then.nym);
    expect(now.joining.cell).to.deep.equal(then.joining.cell);
  });

  it("refuses a cell that the vehicle has not signed, an earlier epoch's showing and a false cell", () => {
    const [mine] = asked;
    if (mine === undefined) throw new Error("expected a vehicle");
    const { presentation } = mine.joining;
    const admitAs = (column: number, moment = MOMENT): unknown =>
      admitToCloak(parameters, moment, { presentation, cell: { column, row: 0 } });
    expect(() => admitAs(1))
      .to.throw(CredentialError)
      .with.property("code", "E_PROOF");
    const later = { ...MOMENT, scope: { ...MOMENT.scope, slot: 8 } };
    expect(() => admitAs(0, later))
      .to.throw(CredentialError)
      .with.property("code", "E_PROOF");
    expect(() => admitAs(5_000))
      .to.throw(CloakError)
      .with.property("code", "E_CLOAK_CELL");
  });

  it("is not believed a bucket that hides less, or in which the vehicle is not", () => {
    const [mine, ...others] = asked;
    const session = outcomeOf(asked).get(mine?.nym ?? "");
    if (mine === undefined || !session) throw new Error("expected a bucket");
    const crowd = session.request.cells.map(() => mine.cell);
    const gathered = { ...session, request: { ...session.request, cells: crowd } };
    expect(() => bucketOf(mine, RULE, gathered))
      .to.throw(CloakError)
      .with.property("code", "E_CLOAK_SESSION");
    expect(() => bucketOf(mine, { ...RULE, k: 5 }, session)).to.throw(CloakError);
    const theirs = outcomeOf(others).get(others[0]?.nym ?? "");
    if (!theirs) throw new Error("expected the others' bucket");
    expect(() => bucketOf(mine, RULE, theirs)).to.throw(CloakError);
  });

  it("asks for nothing any more when the bucket has become too small", () => {
    const [mine] = asked;
    const session = outcomeOf(asked).get(mine?.nym ?? "");
    if (mine === undefined || !session) throw new Error("expected a bucket");
    expect(bucketOf(mine, RULE, pinned(session.request, 3))).to.equal(session.request);
    expect(bucketOf(mine, RULE, { ...session, active: new Set([mine.nym]) })).to.equal(null);
  });

  it("refuses chance that somebody can repeat, outside tests", () => {
    const environment = process.env.NODE_ENV;
    process.env.NODE_ENV = "production";
    try {
      expect(() => cloakAll(MOMENT, [], rng)).to.throw(RandomError);
    } finally {
      process.env.NODE_ENV = environment;
    }
  });
});
