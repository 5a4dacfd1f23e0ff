/**
 * The scan of a run, tried on straw men: a scan that misses something would prove nothing when it
 * finds nothing.
 */
import { expect } from "chai";
import { seededStream } from "../../offchain/study/worlds/seededRng.ts";
import { encodingsOf, TEXT_SURFACES } from "../support/privacy/runScan/encodings.ts";
import { scan } from "../support/privacy/runScan/scan.ts";
import { identity, type Secret } from "../support/privacy/runScan/secrets.ts";
import {
  SURFACE_KINDS,
  type Surface,
  type SurfaceKind,
} from "../support/privacy/runScan/surfaces.ts";

const SECRETS: readonly Secret[] = [
  { kind: "name", of: "a vehicle", text: "vehicle-04" },
  { kind: "name", of: "a place", text: "Café Ångström 7" },
  identity("an account", "0xA7C3c9139Be615229be5785f7BaefA497C30a00B"),
  identity("a member's key", `0x${"8f31c7".repeat(16)}`),
  { kind: "position", of: "a vehicle", position: { xM: 41_431, yM: 30_253 } },
  { kind: "position", of: "a pile", position: { xM: 521, yM: 31 } },
  { kind: "price", of: "a bid", pricePerKwh: 4_321_987n },
];

/** What else stands on a surface: noise on those of bytes, a report's lines on those of text. */
function carrier(kind: SurfaceKind, content: Buffer): Surface {
  const isText = TEXT_SURFACES.includes(kind);
  const before = isText
    ? Buffer.from('{"requests": 6,\n "gas": 149668, "at": ')
    : noise(`${kind} a`);
  const after = isText
    ? Buffer.from(' }\n[0.029925821305300956, "2025-07-10"]')
    : noise(`${kind} b`);
  return { kind, where: "somewhere", content: Buffer.concat([before, content, after]) };
}

function noise(label: string): Buffer {
  const stream = seededStream("noise", label);
  return Buffer.from(Array.from({ length: 331 }, () => stream.uniformInt(0, 255)));
}

describe("the scan of a run", () => {
  for (const surface of SURFACE_KINDS) {
    describe(`on a surface of kind ${surface}`, () => {
      it("finds nothing where nothing is", () => {
        expect(scan([carrier(surface, Buffer.alloc(0))], SECRETS)).to.deep.equal([]);
      });

      for (const secret of SECRETS) {
        it(`finds ${secret.of} by its ${secret.kind}, however it is written`, () => {
          const encodings = encodingsOf(secret, surface);
          const missed = encodings
            .filter(({ content }) => scan([carrier(surface, content)], [secret]).length === 0)
            .map(({ name }) => name);
          expect(encodings.length).to.be.at.least(5);
          expect(missed).to.deep.equal([]);
        });

        it(`finds nobody else where ${secret.of} shows its ${secret.kind}`, () => {
          const others = SECRETS.filter((other) => other !== secret);
          const planted = encodingsOf(secret, surface).map(({ content }) =>
            carrier(surface, content),
          );
          expect(scan(planted, others)).to.deep.equal([]);
        });
      }
    });
  }

  describe("does not cry wolf:", () => {
    const quiet = (text: string): void => {
      const surface: Surface = { kind: "file", where: "x", content: Buffer.from(text) };
      expect(scan([surface], SECRETS)).to.deep.equal([]);
    };

    it("a number that contains a price is another number", () => {
      quiet("14321987 43219870 1.4321987 54.321987 4,321,9875 0x41f2c31");
    });

    it("one coordinate is a number as any other, and far from the other one too", () => {
      quiet("521 pairs, 41431 gas");
      quiet(`521${" ".repeat(40)}31, 41431 7 30253`);
      quiet("5215, 312 1521,31");
    });

    it("a part of a name is not the name", () => {
      quiet("vehicle-0 ehicle-04 Ångström 7");
    });

    it("coordinates and prices in wider numbers are other numbers", () => {
      const words = ["01a1d701762d", "0a1d7762d0", `${"0".repeat(57)}141f2c3`].join("");
      const content = Buffer.from(words.length % 2 === 0 ? words : `0${words}`, "hex");
      expect(scan([{ kind: "log", where: "x", content }], SECRETS)).to.deep.equal([]);
    });
  });
});
