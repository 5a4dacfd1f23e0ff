/** OBIS codes in the spellings of the field. */
import { expect } from "chai";
import { registerKind } from "../../../../offchain/core/meter/registerCode.ts";

describe("codes of registers", () => {
  const total = { direction: "import", isCompensated: false, isTariff: false };
  const compensated = { ...total, isCompensated: true };
  const SPELLINGS: Readonly<Record<string, readonly [object, readonly string[]]>> = {
    "0.1.0": [
      total,
      [
        "1-0:1.8.0",
        "01-00:01.08.00",
        "1-0:1.8.0*255",
        "1-0:1.8.0.FF",
        "1-00:1.8.0&255",
        "1.8.0",
        "1-0:1.8.e",
        "0100010800FF",
        " 1-0:1.8.0 ",
      ],
    ],
    "b.1.0": [total, ["1-b:1.8.0", "1-B:1.8.0*198", "01-0b:01.08.00"]],
    "0.1.1": [{ ...total, isTariff: true }, ["1-0:1.8.1", "1.8.1", "0100010801ff"]],
    "0.2.0": [{ ...total, direction: "export" }, ["1-0:2.8.0.FF", "2.8.0", "0100020800FF"]],
    "0.98.0": [compensated, ["1-0:98.8.0.FF", "01-00:98.08.00*255", "98.8.0", "0100620800FF"]],
    "0.b2.0": [total, ["01-00:B2.08.00*FF", "1-0:B2.8.0", "b2.08.00"]],
    "0.b3.0": [compensated, ["01-00:B3.08.00*FF"]],
    "0.c1.0": [{ ...compensated, direction: "export" }, ["01-00:C1.08.00"]],
  };
  for (const [key, [kind, codes]] of Object.entries(SPELLINGS)) {
    it(`stand for ${key} in every spelling`, () => {
      for (const code of codes) {
        expect(registerKind(code), code).to.deep.equal({ ...kind, key });
      }
    });
  }

  it("of other quantities stand for no energy", () => {
    const others = [
      ...["1-0:1.7.0", "01-00:00.08.06.FF", "1-0:3.8.0", "2-0:1.8.0", "1-0:1.8", "1-0:1.8.0.0.0"],
      ...["", "0200010800FF", "0100030800FF", "01000108", "1-0:B4.08.00", "1-0:1x8.0"],
    ];
    for (const code of others) expect(registerKind(code), code).to.equal(null);
  });
});
