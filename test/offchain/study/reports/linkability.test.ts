/**
 * Attackers who read the chain: what links everything on straw men, what stays at chance, and what
 * habits tell.
 */
import { expect } from "chai";
import {
  linkability,
  type ChainView,
  type LinkabilityRow,
  type SessionTrace,
  type Transfer,
} from "../../../../offchain/study/reports/linkability.ts";
import { distanceM } from "../../../../offchain/study/worlds/geography.ts";
import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { seededStream } from "../../../../offchain/study/worlds/seededRng.ts";
import { expectNear } from "../../../support/near.ts";

const VEHICLES = 60;
const TRIPS = 3;
const PILES = 25;
const DEPOSIT = 15_000_000n;
const NAMES = ["account", "funding", "amount", "pile", "energy", "time"];

/** What a way to fund accounts decides; everything else of a day is drawn. */
interface Funding {
  readonly accountOf?: (vehicle: string, trip: number) => string;
  readonly depositOf?: (before: SessionTrace | undefined) => bigint;
  /** Beside payments to piles. */
  readonly transfersOf: (session: SessionTrace, vehicle: string) => readonly Transfer[];
}

interface Day {
  readonly view: ChainView;
  readonly truth: ReadonlyMap<string, string>;
}

const through = (funder: string, { account, startsAt, paidUnits, deposit }: SessionTrace) => [
  { from: funder, to: account, units: deposit, atSeconds: startsAt - 900 },
  { from: account, to: funder, units: deposit - paidUnits, atSeconds: startsAt + 9_000 },
];
/** The market's own way: one cashier, one amount, fresh accounts. */
const CASHIER: Funding = { transfersOf: (session) => through("cashier", session) };

describe("linkability of sessions", () => {
  it("is nothing where no vehicle comes back", () => {
    const { view, truth } = dayOf(CASHIER);
    const [first] = view.sessions;
    const once = { ...view, sessions: view.sessions.filter(({ slot }) => slot === first?.slot) };
    for (const none of [once, { sessions: [], transfers: [] }]) {
      expect(linkability(none, truth, 1)).to.deep.equal(
        NAMES.map((name) => ({ name, success: 0, chance: 0, bound: 0, trials: 0 })),
      );
    }
  });

  it("does not count a vehicle's sessions in one slot, nor sessions of nobody", () => {
    const { view, truth } = dayOf(CASHIER);
    const oneSlot = view.sessions.map((session) => ({ ...session, slot: 1 }));
    expect(linkability({ ...view, sessions: oneSlot }, truth, 1)[0]?.trials).to.equal(0);
    expect(linkability(view, new Map(), 1)[0]?.trials).to.equal(0);
  });

  it("has the chance of somebody who names blindly, and four standard errors", () => {
    const { view, truth } = dayOf(CASHIER);
    for (const { chance, bound, trials } of linkability(view, truth, 1)) {
      expect(trials).to.equal(VEHICLES * TRIPS);
      expectNear(chance, 1 / VEHICLES, 1e-12);
      expectNear(bound, chance + 4 * Math.sqrt((chance * (1 - chance)) / trials), 1e-12);
    }
  });

  it("is the same for the same seed, and breaks ties otherwise for another", () => {
    const { view, truth } = dayOf(CASHIER);
    expect(linkability(view, truth, 1)).to.deep.equal(linkability(view, truth, 1));
    const rates = [1, 2, 3, 4, 5].map((seed) => linkability(view, truth, seed)[0]?.success);
    expect(new Set(rates).size).to.be.above(1);
  });

  for (const name of NAMES) {
    it(`stays at chance with fresh accounts, one cashier, and vehicles without habits: ${name}`, () => {
      for (const seed of [1, 2, 3]) {
        const row = rowOf(dayOf(CASHIER, "none", seed), name);
        expect(row.success, `seed ${seed}`).to.be.at.most(row.bound);
      }
    });
  }

  it("leaves habits what they are: pile, energy and time link, account and funding do not", () => {
    const day = dayOf(CASHIER, "strong");
    for (const name of ["account", "funding"]) {
      const row = rowOf(day, name);
      expect(row.success, name).to.be.at.most(row.bound);
    }
    for (const name of ["amount", "pile", "energy", "time"]) {
      const row = rowOf(day, name);
      expect(row.success, name).to.be.above(row.bound);
    }
  });

  it("links commuters by their energies, and not by their accounts or their money", () => {
    const rows = Array.from({ length: 20 }, (_, seed) => {
      const { view, truth } = commutersDay(seed);
      return linkability(view, truth, seed);
    }).flat();
    const over = (name: string): { readonly success: number; readonly bound: number } => {
      const own = rows.filter((row) => row.name === name);
      const trials = own.reduce((sum, row) => sum + row.trials, 0);
      const mean = (of: (row: LinkabilityRow) => number): number =>
        own.reduce((sum, row) => sum + of(row) * row.trials, 0) / trials;
      const chance = mean((row) => row.chance);
      const bound = chance + 4 * Math.sqrt((chance * (1 - chance)) / trials);
      return { success: mean((row) => row.success), bound };
    };
    for (const name of ["account", "funding"]) {
      expect(over(name).success, name).to.be.at.most(over(name).bound);
    }
    for (const name of ["energy", "pile"]) {
      expect(over(name).success, name).to.be.above(over(name).bound);
    }
  });

  describe("is complete on straw men:", () => {
    const wallet = (vehicle: string): string => `wallet of ${vehicle}`;
    const strawMen: readonly (readonly [string, string, Funding])[] = [
      [
        "one account a vehicle",
        "account",
        { ...CASHIER, accountOf: (vehicle) => `account of ${vehicle}` },
      ],
      [
        "fresh accounts funded from the vehicle's own wallet",
        "funding",
        { transfersOf: (session, vehicle) => through(wallet(vehicle), session) },
      ],
      [
        "gas from the vehicle's own wallet, beside a cashier",
        "funding",
        {
          transfersOf: (session, vehicle) => [
            ...through("cashier", session),
            { from: wallet(vehicle), to: session.account, units: 21_000n, atSeconds: 0 },
          ],
        },
      ],
      [
        "two steps between the wallet and each account",
        "funding",
        {
          transfersOf: (session, vehicle) => {
            const [one, two] = [1, 2].map((step) => `${session.session}, step ${step}`);
            const hops = [wallet(vehicle), one ?? "", two ?? "", session.account];
            return hops.slice(1).map((to, i) => {
              return { from: hops[i] ?? "", to, units: session.deposit, atSeconds: 0 };
            });
          },
        },
      ],
      [
        "leftovers gathered in the vehicle's own wallet",
        "funding",
        {
          transfersOf: (session, vehicle) => [
            { from: "cashier", to: session.account, units: session.deposit, atSeconds: 0 },
            { from: session.account, to: wallet(vehicle), units: 1n, atSeconds: 1 },
          ],
        },
      ],
      [
        "an account that funds the next",
        "funding",
        {
          accountOf: (vehicle, trip) => `${vehicle}, account ${trip}`,
          transfersOf: ({ account }, vehicle) => {
            const next = `${vehicle}, account ${Number(account.at(-1)) + 1}`;
            return [{ from: account, to: next, units: 1n, atSeconds: 0 }];
          },
        },
      ],
      [
        "a cashier that credits the next account with the last one's leftover",
        "amount",
        {
          ...CASHIER,
          depositOf: (before) => {
            return before === undefined ? 30_000_000n : before.deposit - before.paidUnits - 7n;
          },
        },
      ],
    ];
    for (const [what, name, funding] of strawMen) {
      it(`${what} (${name})`, () => {
        const { success, trials } = rowOf(dayOf(funding), name);
        expect([success, trials]).to.deep.equal([1, VEHICLES * TRIPS]);
      });
    }
  });

  it("follows no money through piles, whom everybody pays", () => {
    const { view, truth } = dayOf(CASHIER);
    const paid = view.sessions.map(({ account, pile, paidUnits, startsAt }) => {
      return { from: account, to: pile, units: paidUnits, atSeconds: startsAt };
    });
    const back = view.sessions.map(({ account, pile, startsAt }) => {
      return { from: pile, to: account, units: 1n, atSeconds: startsAt };
    });
    const rows = linkability(
      { ...view, transfers: [...view.transfers, ...paid, ...back] },
      truth,
      1,
    );
    expect(rows).to.deep.equal(linkability(view, truth, 1));
  });
});

function rowOf({ view, truth }: Day, name: string): LinkabilityRow {
  const row = linkability(view, truth, "rows").find((one) => one.name === name);
  if (row === undefined) throw new Error(`rowOf: expected an attacker ${name}`);
  return row;
}

/** A day of VEHICLES × TRIPS sessions, a slot a trip. */
function dayOf(funding: Funding, habits: "none" | "strong" = "none", seed = 0): Day {
  const stream = seededStream(seed, `a day with ${habits} habits`);
  const sessions: SessionTrace[] = [];
  const transfers: Transfer[] = [];
  const truth = new Map<string, string>();
  for (let v = 0; v < VEHICLES; v += 1) {
    const vehicle = `vehicle ${v}`;
    const usual = { energyWh: stream.uniformInt(2_000, 40_000), pile: stream.uniformInt(1, PILES) };
    const second = stream.uniformInt(0, 86_399);
    let before: SessionTrace | undefined;
    for (let trip = 0; trip < TRIPS; trip += 1) {
      const strong = habits === "strong";
      const energyWh = strong
        ? usual.energyWh + stream.uniformInt(0, 200)
        : stream.uniformInt(2_000, 40_000);
      const pile = strong ? usual.pile : stream.uniformInt(1, PILES);
      const startsAt = strong
        ? trip * 86_400 + ((second + stream.uniformInt(0, 120)) % 86_400)
        : stream.uniformInt(0, 86_399);
      const deposit = funding.depositOf?.(before) ?? DEPOSIT;
      const session: SessionTrace = {
        session: `${vehicle}, trip ${trip}`,
        account: funding.accountOf?.(vehicle, trip) ?? `fresh ${v}/${trip}`,
        pile: `pile ${pile}`,
        slot: trip,
        startsAt,
        energyWh,
        paidUnits: BigInt(energyWh) * 230n,
        powerW: stream.uniformInt(2_000, 7_000),
        deposit,
      };
      sessions.push(session);
      transfers.push(...funding.transfersOf(session, vehicle));
      truth.set(session.session, vehicle);
      before = session;
    }
  }
  return { view: { sessions, transfers }, truth };
}

/** Commuters who charge at the nearest pile, all through one cashier; no market, no prices. */
function commutersDay(seed: number): Day {
  const { trips, piles } = buildScenario("commuters", { seed });
  const sessions = trips.map((trip): SessionTrace => {
    const [nearest] = piles.toSorted(
      (a, b) => distanceM(a.position, trip.position) - distanceM(b.position, trip.position),
    );
    if (nearest === undefined) throw new Error("commutersDay: expected a pile");
    return {
      session: trip.name,
      account: `account of ${trip.name}`,
      pile: nearest.name,
      slot: Math.floor(trip.startSeconds / 4 / 3600),
      startsAt: trip.startSeconds,
      energyWh: trip.energyWh,
      paidUnits: (BigInt(trip.energyWh) * nearest.pricePerKwh) / 1_000n,
      powerW: nearest.powerW,
      deposit: DEPOSIT,
    };
  });
  const transfers = sessions.flatMap((session) => through("cashier", session));
  return {
    view: { sessions, transfers },
    truth: new Map(trips.map(({ name, vehicle }) => [name, vehicle])),
  };
}
