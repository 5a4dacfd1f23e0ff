/**
 * What one server that lies alone still learns, measured, so that SECURITY.md says it in numbers:
 * where a buyer is, from nothing but who wins. The other server is honest and notices nothing. It
 * ends when values are shared with authentication.
 */
import { expect } from "chai";
import { seededRng } from "../../offchain/study/worlds/seededRng.ts";
import { cityOf, SIDE_M } from "../support/attacks/city.ts";
import { medianOf } from "../support/attacks/constellation.ts";
import { locateBuyer, type Liar } from "../support/attacks/shiftedSummands.ts";

const BUYERS = 20;
const PILES = 16;

describe("a server that shifts its own summands", () => {
  for (const liar of ["cloud", "proxy"] satisfies readonly Liar[]) {
    it(`finds every buyer in six matchings if it is the ${liar}`, async () => {
      const errors: number[] = [];
      const guesses: number[] = [];
      for (let k = 0; k < BUYERS; k += 1) {
        const city = cityOf(`${liar} ${k}`, 1, PILES);
        const { xM, yM } = city.requests[0]?.position ?? expect.fail("expected a buyer");
        const { place, matchings } = await locateBuyer(seededRng(`${liar} ${k}`), liar, city);
        expect(matchings).to.equal(6);
        errors.push(Math.hypot(place.xM - xM, place.yM - yM));
        guesses.push(Math.hypot(SIDE_M / 2 - xM, SIDE_M / 2 - yM));
      }
      const [median, worst] = [medianOf(errors), Math.max(...errors)].map(Math.round);
      const blind = Math.round(medianOf(guesses));
      console.log(
        `      ${median} m off in the median, ${worst} m at worst; ${blind} m by a guess`,
      );
      expect(median).to.be.at.most(100);
      expect(blind).to.be.at.least(1_000);
    });
  }
});
