/**
 * Six attackers on requests, on made-up and on real traffic. Ours stays within what is promised and
 * four standard errors; the paper's mode and the straw men do not.
 */
import { expect } from "chai";

import { drawsOf } from "../../offchain/core/cloak/draws.ts";
import {
  closedNeighbourhood,
  type Graph,
} from "../../offchain/study/cloak/paperReproduction/graph.ts";
import {
  consistentSenders,
  coOccurring,
  intersecting,
  nearestToCentre,
} from "../../offchain/study/cloak/attackers.ts";
import {
  bucketCloaking,
  paperCloaking,
  type SeenRequest,
} from "../../offchain/study/cloak/sessions.ts";
import { paperSettingsFor } from "../../offchain/study/cloak/attackSuite.ts";
import { cityTraffic, trackTraffic, type Traffic } from "../../offchain/study/cloak/traffic.ts";
import { boundOf } from "../../offchain/study/cloak/trials.ts";
import {
  PORTO_INTERVAL_SECONDS,
  readPortoTrips,
} from "../../offchain/study/importers/portoTrips.ts";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { FIGURE_4, FIGURE_5 } from "../support/cloak/paperFigures.ts";
import { expectNear } from "../support/near.ts";
import { findPorto } from "../support/importers/files.ts";
import { attackTable, RULE, TRIALS, type AttackTable } from "../support/attacks/cloaking.ts";

/** Requests of the paper's tables: everybody asks for its closed neighbourhood. */
function neighbourhoodRequests(graph: Graph): readonly SeenRequest[] {
  return graph.map((_, vertex) => {
    const members = closedNeighbourhood(graph, vertex);
    return {
      ids: members.map(String),
      entries: members.map((member) => ({ xM: member, yM: 0 })),
      centre: { xM: 0, yM: 0 },
    };
  });
}

describe("attackers on cloaked requests", function () {
  this.timeout(120_000);

  describe("in the paper's own example", () => {
    for (const [name, graph] of [
      ["4", FIGURE_4],
      ["5", FIGURE_5],
    ] as const) {
      it(`link every id of figure ${name} to its place, always`, () => {
        const draws = drawsOf(seededRng(`figure ${name}`));
        const requests = neighbourhoodRequests(graph);
        for (const vertex of graph.keys()) {
          for (let again = 0; again < 20; again += 1) {
            const guess = coOccurring(requests, String(vertex), draws);
            expect(guess?.request.entries[guess.entry]?.xM).to.equal(vertex);
          }
        }
      });
    }

    it("know the sender of every request of figure 5, but not of figure 4", () => {
      const sendersOf = (graph: Graph): readonly (readonly string[])[] =>
        consistentSenders(neighbourhoodRequests(graph).map(({ ids }) => ids));
      expect(sendersOf(FIGURE_5)).to.deep.equal([["0", "1", "2", "3", "4", "5"]]);
      expect(sendersOf(FIGURE_4)).to.deep.include(["0", "1", "2", "3", "4", "5"]);
      console.log(`      figure 4: ${sendersOf(FIGURE_4).length} consistent assignments`);
    });
  });

  describe("with what is computed by hand", () => {
    const draws = drawsOf(seededRng("by hand"));
    const at = (xM: number) => ({ xM, yM: 0 });

    it("take the entry next to the centre, and any of several that are equally near", () => {
      const request = { ids: ["a", "b", "c"], entries: [at(9), at(2), at(-2)], centre: at(1) };
      expect(nearestToCentre(request, draws)).to.equal(1);
      const even = { ...request, centre: at(0) };
      const guesses = new Set(Array.from({ length: 40 }, () => nearestToCentre(even, draws)));
      expect([...guesses].sort()).to.deep.equal([1, 2]);
    });

    it("intersect what a session's requests have in common", () => {
      const requests = [
        ["a", "b", "c"],
        ["c", "a", "d"],
        ["e", "c", "f"],
      ].map((ids) => {
        return { ids, entries: [], centre: at(0) };
      });
      expect(intersecting(requests, draws)).to.equal("c");
      expect(intersecting([], draws)).to.equal(null);
    });

    it("are allowed 1/k and four standard errors", () => {
      expectNear(boundOf(0.2, 2_000), 0.2358, 5e-5);
      expectNear(boundOf(0.5, 2_000), 0.5447, 5e-5);
    });
  });

  describe("on made-up traffic", () => {
    attacksOn(() => cityTraffic(40, 5_000));
  });

  describe("on the taxis of Porto", () => {
    const path = findPorto();
    before(function () {
      if (path !== null) return;
      console.log("      skipped: the taxi trips of Porto are not beside the project");
      this.skip();
    });
    attacksOn(() => {
      const { tracks } = readPortoTrips(path ?? "");
      const timing = { intervalSeconds: PORTO_INTERVAL_SECONDS, leastVehicles: 30 };
      return trackTraffic("taxis of Porto", tracks, timing);
    });
  });

  describe("on the order of lists", () => {
    const traffic = cityTraffic(40, 5_000);
    for (const [name, cloaking] of [
      ["reciprocal buckets", bucketCloaking(RULE)],
      ["the paper's requests", paperCloaking(paperSettingsFor(RULE))],
    ] as const) {
      it(`find no correlation in ${name}`, () => {
        const rng = seededRng("order");
        const chance = { rng, draws: drawsOf(rng) };
        let [products, squares] = [0, 0];
        for (let trial = 0; trial < TRIALS; trial += 1) {
          const scene = traffic.sceneOf(chance.draws);
          const { ids, request } = cloaking(scene, chance);
          const target = chance.draws.below(scene.length);
          const told = request(target, 0);
          if (told === null) continue;
          const middle = (told.owners.length - 1) / 2;
          const inIds = told.seen.ids.indexOf(ids[target] ?? "") - middle;
          const inEntries = told.owners.indexOf(target) - middle;
          products += inIds * inEntries;
          squares += (inIds * inEntries) ** 2;
        }
        // Without correlation this is standard normal; 3.29 is p = 0.001.
        expect(Math.abs(products / Math.sqrt(squares))).to.be.below(3.29);
        expect(squares).to.be.above(1_000);
      });
    }
  });
});

/** The table of a kind of traffic, line by line. */
function attacksOn(traffic: () => Traffic): void {
  let table: AttackTable;
  before(() => {
    table = attackTable(traffic(), "attacks");
  });

  it("stay within what reciprocal buckets promise", () => {
    expect(table.ours).to.have.length(9);
    for (const { name, success, bound, trials } of table.ours) {
      expect(trials).to.be.at.least(2_000);
      expect(success, name).to.be.at.most(bound);
    }
  });

  it("find out more about reciprocal buckets than nothing: they do guess", () => {
    for (const { name, success } of table.ours) expect(success, name).to.be.above(0.1);
  });

  it("link id and place in the paper's mode nearly always", () => {
    expect(table.onPaper("co-occurrence")).to.be.above(0.95);
  });

  it("infer the sender in the paper's mode more often than not", () => {
    expect(table.onPaper("sender inference (k = 3)")).to.be.above(0.6);
  });

  it("close in on the paper's mode with every further request", () => {
    const names = ["1 request", "2 requests", "3 requests", "6 requests"];
    const success = names.map((length) => table.onPaper(`intersection of ${length}`));
    expect(success).to.deep.equal(success.toSorted((a, b) => a - b));
    expect(success[0]).to.be.at.most(boundOf(1 / RULE.k, TRIALS));
    expect(success[1]).to.be.above(2 / RULE.k);
    expect(success[3]).to.be.above(0.9);
  });

  it("infer a cell in the paper's mode more often than 1/ℓ where vehicles gather", () => {
    expect(table.onPaper("homogeneity")).to.be.above(boundOf(1 / RULE.l, TRIALS));
  });

  it("gain nothing from the paper's centre or order, as it is read here", () => {
    for (const name of ["centre", "order"]) {
      expect(table.onPaper(name), name).to.be.at.most(boundOf(1 / RULE.k, TRIALS));
    }
  });

  it("succeed on every straw man", () => {
    expect(table.straws.map(({ name }) => name)).to.deep.equal([
      "centre",
      "intersection of 6 requests",
      "homogeneity",
      "order",
    ]);
    for (const { mode, success, bound } of table.straws) {
      expect(success, mode).to.be.above(bound + 0.2);
    }
  });
}
