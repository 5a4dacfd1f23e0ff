import { expect } from "chai";
import fc from "fast-check";

import { buildScenario } from "../../../../offchain/study/worlds/scenarios.ts";
import { SlotError, slotsOfDay } from "../../../../offchain/study/worlds/slots.ts";
import { expectError } from "../../../support/importers/errors.ts";

describe("slotsOfDay", () => {
  it("puts every trip into exactly one slot, the one in which it starts, in order", () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(1, 2, 3, 4, 6, 8, 12, 24), (seed, slotHours) => {
        const world = buildScenario("town", { seed });
        const slots = slotsOfDay(world, slotHours);
        expect(slots.flatMap((slot) => slot.trips)).to.deep.equal(world.trips);
        for (const { index, startSeconds, endSeconds, trips } of slots) {
          expect(startSeconds).to.equal(index * slotHours * 3600);
          expect(endSeconds - startSeconds).to.equal(slotHours * 3600);
          for (const trip of trips) {
            expect(trip.startSeconds).to.be.within(startSeconds, endSeconds - 1);
          }
        }
      }),
      { numRuns: 40, seed: 20250710 },
    );
  });

  it("leaves out slots in which nobody starts", () => {
    const world = buildScenario("hamlet", { seed: 1, vehicles: 1 });
    const slots = slotsOfDay(world, 1);
    expect(slots).to.have.length(1);
    expect(slots[0]?.trips).to.deep.equal(world.trips);
  });

  it("gives a trip on the border to the later slot", () => {
    const world = buildScenario("hamlet", { seed: 1, vehicles: 1 });
    const trips = world.trips.map((trip) => ({ ...trip, startSeconds: 3 * 3600 }));
    expect(slotsOfDay({ ...world, trips }, 3).map((slot) => slot.index)).to.deep.equal([1]);
  });

  it("gives the whole day for 24 hours", () => {
    const world = buildScenario("town", { seed: 1 });
    expect(slotsOfDay(world, 24)).to.deep.equal([
      { index: 0, startSeconds: 0, endSeconds: 86_400, trips: world.trips },
    ]);
  });

  it("refuses hours that do not divide the day", () => {
    const world = buildScenario("hamlet", { seed: 1 });
    for (const hours of [0, -3, 5, 7, 1.5, 48, Number.NaN, Infinity]) {
      expectError(() => slotsOfDay(world, hours), SlotError, "E_SLOT_HOURS");
    }
  });
});
