/** Where people say that something is, in degrees or in metres. */
import { expect } from "chai";
import fc from "fast-check";
import { geoLink, placeNamed, pointNamed } from "../../../tasks/support/places.ts";
import { expectNear } from "../../support/near.ts";

const NOWHERE = { x: 0, y: 0, lat: undefined, lon: undefined };
const DUNDEE = { latitude: 56.4, longitude: -3.1 };

describe("places on the command line", () => {
  it("are metres from the corner, wherever that is", () => {
    const named = { ...NOWHERE, x: 1_200, y: 1_100 };
    for (const corner of [null, DUNDEE]) {
      expect(placeNamed(corner, named)).to.deep.equal({ xM: 1_200, yM: 1_100 });
    }
  });

  it("are degrees where the corner is known", () => {
    // A minute of latitude is a nautical mile, 1,853 m on the sphere; of longitude, at the middle
    // of the frame (56.69° north), 1,018 m.
    const minutes = { ...NOWHERE, lat: String(56.4 + 1 / 60), lon: String(-3.1 + 1 / 60) };
    expect(placeNamed(DUNDEE, minutes)).to.deep.equal({ xM: 1_018, yM: 1_853 });
    expect(placeNamed(DUNDEE, { ...NOWHERE, lat: "56.4", lon: "-3.1" })).to.deep.equal({
      xM: 0,
      yM: 0,
    });
  });

  it("come back from a link as they were, to a metre", () => {
    const corners = fc.record({
      latitude: fc.double({ min: -80, max: 80, noNaN: true }),
      longitude: fc.double({ min: -170, max: 170, noNaN: true }),
    });
    const metres = fc.integer({ min: 2, max: 65_000 });
    fc.assert(
      fc.property(corners, metres, metres, (corner, xM, yM) => {
        const [lat, lon] = (geoLink(corner, { xM, yM }) ?? "").replace("geo:", "").split(",");
        const found = placeNamed(corner, { ...NOWHERE, lat, lon });
        expectNear(found.xM, xM, 1);
        expectNear(found.yM, yM, 1);
      }),
      { numRuns: 500, seed: 20261130 },
    );
  });

  it("lie in a frame that the 180th meridian crosses", () => {
    const taveuni = { latitude: -17, longitude: 179.9 };
    const beyond = placeNamed(taveuni, { ...NOWHERE, lat: "-16.8", lon: "-179.9" });
    expect(beyond).to.deep.equal({ xM: 21_300, yM: 22_239 });
    expect(geoLink(taveuni, beyond)).to.equal("geo:-16.80000,-179.90000");
    const meridian = { latitude: 0, longitude: 180 };
    expect(placeNamed(meridian, { ...NOWHERE, lat: "0", lon: "-180" })).to.include({ xM: 0 });
  });

  it("have no link where nobody knows the corner", () => {
    expect(geoLink(null, { xM: 1, yM: 1 })).to.equal(null);
    expect(geoLink(DUNDEE, { xM: 0, yM: 0 })).to.equal("geo:56.40000,-3.10000");
  });

  it("are refused where they are said twice, by half, or in degrees of nowhere", () => {
    const degrees = { ...NOWHERE, lat: "56.45", lon: "-3" };
    const once = "say where it is once: by --x and --y, or by --lat and --lon";
    for (const named of [
      { ...degrees, x: 5 },
      { ...degrees, lon: undefined },
    ]) {
      expect(() => placeNamed(DUNDEE, named)).to.throw(once);
    }
    expect(() => placeNamed(null, degrees)).to.throw(
      "--lat, --lon: this market does not say where its frame lies: say --x and --y, in metres",
    );
  });

  it("are refused outside the frame, swapped for instance", () => {
    for (const [lat, lon] of [
      ["-3", "56.45"],
      ["56.39", "-3"],
      ["56.45", "-1.9"],
    ] as const) {
      expect(() => placeNamed(DUNDEE, { ...NOWHERE, lat, lon }), lat).to.throw(
        `--lat, --lon: ${lat}, ${lon} is outside the market's frame, 65535 m east and north of`,
      );
    }
  });

  it("are refused if they are no degrees", () => {
    for (const text of ["", "56.4", "56.4;-3.1", "56,4,-3,1", "90,0", "1,181", "NaN,0", "1e1,1"]) {
      expect(() => pointNamed("corner", text), text).to.throw(
        `--corner: expected degrees as 56.462,-2.9707, the latitude from -85 to 85, got "${text}"`,
      );
    }
  });
});
