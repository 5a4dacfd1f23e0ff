/**
 * What SECURITY.md says that nothing protects, measured, so that the document says it in numbers:
 * tracers who do without a court, and a cloaker who invents the others of a bucket.
 */
import { expect } from "chai";
import { id } from "ethers";
import { drawsOf, type Draws } from "../../offchain/core/cloak/draws.ts";
import { centreOf, type Cell } from "../../offchain/core/cloak/grid.ts";
import { pinned } from "../../offchain/core/cloak/pinnedSession.ts";
import { meets } from "../../offchain/core/cloak/reciprocalBuckets.ts";
import { unitedRequest, type UnitedRequest } from "../../offchain/core/cloak/unitedRequest.ts";
import { G } from "../../offchain/core/credential/group.ts";
import { openShare } from "../../offchain/core/credential/opening.ts";
import { presentationFromBytes } from "../../offchain/core/credential/presentation.ts";
import { showCredential } from "../../offchain/core/credential/show.ts";
import { lagrangeWeight, type TracerShare } from "../../offchain/core/credential/tracers.ts";
import { bytesToHex, type Hex } from "../../offchain/core/primitives/bytes.ts";
import { bucketOf } from "../../offchain/parties/vehicle/cloaking.ts";
import { coOccurring } from "../../offchain/study/cloak/attackers.ts";
import type { SeenRequest } from "../../offchain/study/cloak/sessions.ts";
import { boundOf, successOf } from "../../offchain/study/cloak/trials.ts";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { RULE, TRIALS } from "../support/attacks/cloaking.ts";
import {
  asyncCodeOf,
  credentialsOf,
  demandAt,
  type World,
  worldOf,
} from "../support/credential/world.ts";

describe("tracers without a case", function () {
  this.timeout(120_000);

  const PRESENTATIONS = 20;
  let world: World;
  let shown: readonly { readonly presentation: Uint8Array; readonly identifier: Hex }[];

  before(async () => {
    world = worldOf("tracers without a case", { threshold: 2, members: 3 }, 3);
    const members = await credentialsOf(world, ["anna", "ben", "carla", "dan"]);
    shown = Array.from({ length: PRESENTATIONS }, (_, i) => members[i % members.length]).flatMap(
      (member, i) => {
        if (member === undefined) return [];
        const demand = demandAt(world, `place ${i}`);
        const presentation = showCredential(world.parameters, member, demand, world.rng);
        return [{ presentation, identifier: bytesToHex(G.multiply(member.usk).toBytes()) }];
      },
    );
  });

  /** How many are found by tracers who compute with their shares as they like. */
  const foundBy = (shares: readonly TracerShare[]): number => {
    const among = shares.map(({ index }) => index);
    const found = shown.filter(({ presentation, identifier }) => {
      const { e1, e2 } = presentationFromBytes(presentation);
      const left = shares.reduce((rest, { index, secret }) => {
        return rest.subtract(e1.multiply(secret).multiply(lagrangeWeight(index, among)));
      }, e2);
      return bytesToHex(left.toBytes()) === identifier;
    });
    return found.length;
  };

  it("find every member if they are 2 of 3, and nobody alone", () => {
    for (const places of [
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 1, 2],
    ]) {
      const shares = places.flatMap((place) => world.shares.slice(place, place + 1));
      expect(foundBy(shares), `tracers ${places.join()}`).to.equal(PRESENTATIONS);
    }
    for (const share of world.shares) expect(foundBy([share])).to.equal(0);
  });

  it("have to leave the product for it, which opens nothing without a case", async () => {
    const none = { approvedPresentation: () => Promise.resolve(null) };
    const [share] = world.shares;
    const [one] = shown;
    if (share === undefined || one === undefined) throw new RangeError("expected a tracer");
    const { presentation } = one;
    const request = { caseId: id("no case"), presentation, demand: demandAt(world, "place 0") };
    const opened = (): Promise<Uint8Array> =>
      openShare(world.parameters, share, request, none, world.rng);
    expect(await asyncCodeOf(opened)).to.equal("E_CASE");
  });
});

describe("a cloaker that invents members of a bucket of 5", () => {
  const draws = drawsOf(seededRng("invented members"));

  it("finds the vehicle's cell with 1/(5 − invented), and always among four", () => {
    const success = [0, 1, 2, 3, 4].map((invented) =>
      successOf(`${invented} invented`, TRIALS, () => isFound(invented, draws)),
    );
    console.log(`      0 to 4 invented: ${success.map((part) => part.toFixed(3)).join(" · ")}`);
    for (const [invented, part] of success.entries()) {
      const chance = 1 / (RULE.k - invented);
      expect(part, `${invented} invented`).to.be.at.most(boundOf(chance, TRIALS));
      expect(part, `${invented} invented`).to.be.at.least(2 * chance - boundOf(chance, TRIALS));
    }
    expect(success[4]).to.equal(1);
  });
});

/** The study's attacker, who leaves out what the cloaker has made up. */
function isFound(invented: number, draws: Draws): boolean {
  const cells = bucketCells(draws);
  const nyms = cells.map((_, i) => id(`member ${i} of ${draws.below(2 ** 32)}`));
  const [cell] = cells;
  const [nym] = nyms;
  if (cell === undefined || nym === undefined) throw new RangeError("expected a vehicle");
  const bucket = nyms.map((name, i) => ({ nym: name, cell: cells[i] ?? cell }));
  const session = pinned(
    unitedRequest(
      bucket,
      7,
      bucket.map(() => new Uint8Array()),
    ),
    RULE.k,
  );
  // The vehicle looks at rule, name and cell: it has nothing else to tell inventions by.
  const joining = { presentation: new Uint8Array(), cell };
  const request = bucketOf({ joining, cell, nym: nym as Hex }, RULE, session);
  if (request === null) throw new RangeError("expected a bucket of the rule");
  const honest = bucket.slice(0, RULE.k - invented);
  const guess = coOccurring([seenWithout(request, honest)], nym, draws);
  const own = centreOf(cell, RULE.cellM);
  const entry = guess?.request.entries[guess.entry];
  return entry?.xM === own.xM && entry.yM === own.yM;
}

function seenWithout(
  { nyms, cells }: UnitedRequest,
  honest: readonly { readonly nym: string; readonly cell: Cell }[],
): SeenRequest {
  const isHonest = ({ column, row }: Cell): boolean =>
    honest.some(({ cell }) => cell.column === column && cell.row === row);
  const entries = cells.filter(isHonest).map((cell) => centreOf(cell, RULE.cellM));
  const ids = nyms.filter((name) => honest.some(({ nym }) => nym === name));
  return { ids, entries, centre: { xM: 0, yM: 0 } };
}

/** Five cells of a bucket that meets the rule, all different. */
function bucketCells(draws: Draws): readonly Cell[] {
  for (;;) {
    const cells = Array.from({ length: RULE.k }, () => ({
      column: draws.below(10),
      row: draws.below(10),
    }));
    const names = new Set(cells.map(({ column, row }) => `${column}/${row}`));
    if (names.size === RULE.k && meets(cells, RULE)) return cells;
  }
}
