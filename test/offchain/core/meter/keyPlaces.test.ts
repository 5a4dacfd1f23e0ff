/** Where keys stand in JSON: those of the outermost object, and no others. */
import { expect } from "chai";
import fc from "fast-check";
import { placeOf, topLevelKeys } from "../../../../offchain/core/meter/keyPlaces.ts";

function keysOf(json: string): readonly string[] {
  return topLevelKeys(new TextEncoder().encode(json)).map(({ key }) => key);
}

describe("places of keys", () => {
  it("are those of the outermost object", () => {
    const json = '{"A":{"PG":1,"RD":[{"ID":2}]},"B":["PG",{"PG":3}],"PG":"T1","C":"ID","RD":[]}';
    expect(keysOf(json)).to.deep.equal(["A", "B", "PG", "C", "RD"]);
  });

  it("are not inside texts", () => {
    expect(keysOf('{"A":"\\"PG\\":1","B":"{\\\\","PG":"}","C":"\\\\\\"PG"}')).to.deep.equal([
      "A",
      "B",
      "PG",
      "C",
    ]);
  });

  it("count bytes, not characters", () => {
    const json = '{"TT":"é€","PG" : "T1" ,"RD":[ {"a":[]} ] }';
    const bytes = new TextEncoder().encode(json);
    const text = Buffer.from(bytes).toString("latin1");
    const places = topLevelKeys(bytes);
    expect(placeOf(places, "PG")?.offset).to.equal(text.indexOf('"PG"'));
    expect(placeOf(places, "RD")?.offset).to.equal(text.indexOf('"RD"'));
    expect(placeOf(places, "RD")?.end).to.equal(text.length - 1);
    expect(placeOf(places, "PG")?.end).to.equal(text.indexOf(',"RD"'));
    expect(placeOf(places, "ID")).to.equal(null);
  });

  it("are found in any object, in its order", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[A-Z]{2}$/), fc.jsonValue()),
        fc.constantFrom(undefined, 1, "\t"),
        (object, indent) => {
          const json = JSON.stringify(object, null, indent);
          expect(keysOf(json)).to.deep.equal(Object.keys(object));
        },
      ),
      { numRuns: 300, seed: 0x5eed },
    );
  });
});
