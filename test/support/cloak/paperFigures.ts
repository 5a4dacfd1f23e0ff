/** The graphs of DePET's figures 4 and 5: vertices A to F are 0 to 5. */
import { graphOf, type Graph } from "../../../offchain/study/cloak/paperReproduction/graph.ts";

const PRISM: readonly (readonly [number, number])[] = [
  [0, 1],
  [0, 2],
  [0, 5],
  [1, 2],
  [1, 3],
  [2, 4],
  [3, 4],
  [3, 5],
  [4, 5],
];

export const FIGURE_4: Graph = graphOf(6, PRISM);
export const FIGURE_5: Graph = graphOf(6, [...PRISM, [1, 4]]);
