/**
 * Vehicles and cloaker together: who is in a bucket, who asks from anywhere, and who comes twice.
 */
import { expect } from "chai";
import { id } from "ethers";
import type { Credential } from "../../../offchain/core/credential/holder.ts";
import { NO_SET, type Whereabouts } from "../../../offchain/core/messages/upload.ts";
import { cloakPiles, cloakVehicles } from "../../../offchain/market/cloaking.ts";
import { credentialsOf, EPOCH, worldOf } from "../../support/credential/world.ts";
import { asyncRefusal } from "../../support/primitives/draws.ts";

const RULE = { k: 3, l: 2, leastSpreadM: 250, mostSpreadM: 4_000, cellM: 250 } as const;
const CLOAK_EPOCH = {
  rule: RULE,
  scope: { service: "cloak", place: id("area"), slot: 7 },
  credentialEpoch: EPOCH,
} as const;

describe("cloaking an epoch", function () {
  this.timeout(60_000);

  const world = worldOf("cloaking an epoch");
  const { parameters, rng } = world;
  let credentials: readonly Credential[];

  before(async () => {
    credentials = await credentialsOf(world, ["a", "b", "c", "d"]);
  });

  const cloaked = (
    places: readonly number[],
    steps: string[] = [],
    signal = new AbortController().signal,
  ): Promise<readonly Whereabouts[]> => {
    const vehicles = places.flatMap((xM, i) => {
      const credential = credentials[i % credentials.length];
      return credential === undefined ? [] : [{ credential, place: { xM, yM: 100 }, rng }];
    });
    const onProgress = (done: number, total: number): void => {
      steps.push(`${done}/${total}`);
    };
    return cloakVehicles(parameters, { rng }, CLOAK_EPOCH, vehicles, { onProgress, signal });
  };

  it("puts vehicles into buckets that hide them, in the vehicles' order", async () => {
    const steps: string[] = [];
    const found = await cloaked([100, 700, 1_300, 1_900], steps);
    expect(new Set(found.map(({ setId }) => setId)).size).to.equal(1);
    expect(found[0]?.setId).not.to.equal(NO_SET);
    expect(found[0]?.cells).to.have.length.of.at.least(RULE.k);
    expect(steps).to.deep.equal(["1/4", "2/4", "3/4", "4/4"]);
  });

  it("lets whoever cannot be hidden ask from anywhere", async () => {
    const found = await cloaked([100, 700]);
    expect(found.map(({ setId, cells }) => [setId, cells])).to.deep.equal([
      [NO_SET, []],
      [NO_SET, []],
    ]);
  });

  it("takes a vehicle once, and stops when it is told to", async () => {
    const twice = [100, 700, 1_300, 1_900, 2_500];
    expect(await asyncRefusal(() => cloaked(twice))).to.equal("CredentialError E_NYM_USED");
    const reason = new Error("enough");
    const stopped = cloaked([100, 700], [], AbortSignal.abort(reason));
    expect(await stopped.catch((error: unknown) => error)).to.equal(reason);
  });

  it("puts piles into buckets under their names", () => {
    const piles = ["p", "q", "r"].map((name, i) => ({ name, place: { xM: 600 * i, yM: 0 } }));
    const found = cloakPiles({ rng }, CLOAK_EPOCH, piles);
    expect([...found.keys()]).to.have.members(["p", "q", "r"]);
    expect(new Set([...found.values()].map(({ setId }) => setId)).size).to.equal(1);
    const alone = cloakPiles({ rng }, CLOAK_EPOCH, piles.slice(0, 1));
    expect(alone.get("p")?.setId).to.equal(NO_SET);
  });
});
