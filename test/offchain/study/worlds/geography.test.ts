import { expect } from "chai";
import fc from "fast-check";

import type { GeoPoint } from "../../../../offchain/core/messages/geography.ts";
import {
  distanceM,
  frameAround,
  FRAME_MARGIN_M,
  FRAME_REACH_M,
  isInside,
  medianPoint,
  project,
  withinReach,
} from "../../../../offchain/study/worlds/geography.ts";
import { MAX_COORDINATE_M } from "../../../../offchain/study/worlds/world.ts";
import { expectNear } from "../../../support/near.ts";

// The great-circle distance on the sphere of the projection.
function haversineM(a: GeoPoint, b: GeoPoint): number {
  const rad = (degrees: number): number => (degrees * Math.PI) / 180;
  const north = Math.sin(rad(b.latitude - a.latitude) / 2) ** 2;
  const east = Math.sin(rad(b.longitude - a.longitude) / 2) ** 2;
  const cosines = Math.cos(rad(a.latitude)) * Math.cos(rad(b.latitude));
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(north + cosines * east));
}

const OFFSET = fc.double({ min: -0.12, max: 0.12, noNaN: true });
const CENTRES = fc.record({
  latitude: fc.double({ min: -60, max: 60, noNaN: true }),
  longitude: fc.double({ min: -179, max: 179, noNaN: true }),
});

describe("geography", () => {
  it("keeps distances within half a percent of the great circle over tens of kilometres", () => {
    fc.assert(
      fc.property(CENTRES, fc.array(OFFSET, { minLength: 4, maxLength: 4 }), (centre, offsets) => {
        const [n1 = 0, e1 = 0, n2 = 0, e2 = 0] = offsets;
        const point = (north: number, east: number): GeoPoint => ({
          latitude: centre.latitude + north,
          longitude: centre.longitude + east,
        });
        const [a, b] = [point(n1, e1), point(n2, e2)];
        const frame = frameAround(centre, [centre, a, b]);
        const truth = haversineM(a, b);
        // Half a metre of rounding on each of four coordinates.
        const tolerance = 0.005 * truth + 2;
        expectNear(distanceM(project(frame, a), project(frame, b)), truth, tolerance);
      }),
      { numRuns: 300, seed: 20250710 },
    );
  });

  it("puts all stations within reach into the frame, margin kept, below 2^16 m", () => {
    const corner = { latitude: 56.46 + 0.26, longitude: -2.97 + 0.47 };
    const opposite = { latitude: 56.46 - 0.26, longitude: -2.97 - 0.47 };
    const centre = { latitude: 56.46, longitude: -2.97 };
    for (const point of [corner, opposite]) expect(withinReach(centre, point)).to.equal(true);
    const frame = frameAround(centre, [corner, opposite]);
    expect(Math.max(frame.widthM, frame.heightM)).to.be.within(2 * 28_000, MAX_COORDINATE_M);
    for (const point of [corner, opposite]) {
      const { xM, yM } = project(frame, point);
      expect(Math.min(xM, yM)).to.be.at.least(FRAME_MARGIN_M);
      expect(xM).to.be.at.most(frame.widthM - FRAME_MARGIN_M);
      expect(yM).to.be.at.most(frame.heightM - FRAME_MARGIN_M);
    }
    expect(2 * (FRAME_REACH_M + FRAME_MARGIN_M) + 2).to.be.at.most(MAX_COORDINATE_M);
  });

  it("has x to the east and y to the north", () => {
    const centre = { latitude: 56.46, longitude: -2.97 };
    const frame = frameAround(centre, [centre]);
    const here = project(frame, centre);
    const there = project(frame, { latitude: 56.47, longitude: -2.96 });
    expectNear(there.xM - here.xM, 614, 2);
    expectNear(there.yM - here.yM, 1112, 2);
    expect(isInside(frame, there)).to.equal(true);
    const far = project(frame, { latitude: 56.5, longitude: -2.97 });
    expect(isInside(frame, far)).to.equal(false);
  });

  it("does not let an outlier move the centre", () => {
    const city = [56.45, 56.46, 56.47].map((latitude) => ({ latitude, longitude: -2.97 }));
    const centre = medianPoint([...city, { latitude: 0, longitude: 0 }]);
    expect(city.every((point) => withinReach(centre, point))).to.equal(true);
    expect(withinReach(centre, { latitude: 0, longitude: 0 })).to.equal(false);
  });
});
