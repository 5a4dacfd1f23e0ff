/**
 * An operation of the engine as something to measure: our way of doing it, the way of the package
 * `paillier-bigint` if it has one, and the parts that no way can do without. Both get the same
 * inputs in the same order, and are shown to come to the same result on the first one before they
 * are timed.
 */
import type { Side } from "./measure.ts";
import type { Part } from "./yardsticks.ts";

/** What it is called, how ours does it, and what it cannot avoid, for people. */
export interface Words {
  readonly name: string;
  readonly how: string;
  readonly unavoidable: string;
}

/** Built by `contest` and `alone`. */
export interface Operation extends Words {
  readonly ours: Side;
  readonly peer: Side | null;
  readonly limit: () => readonly Part[];
  /** How much of the usual time is spent on it: more where chance decides how long it takes. */
  readonly weight: number;
  /** Whether the results are what they should be, for the first input. */
  readonly agrees: () => Promise<boolean>;
}

/** What an operation is built from; one run does one of the inputs, in turn. */
interface Work<Input, Ours> extends Words {
  readonly inputs: readonly Input[];
  readonly ours: (input: Input) => Ours;
  readonly limit: () => readonly Part[];
  /** Operations in one input; 1 unless said. */
  readonly operations?: number;
  readonly weight?: number;
}

export interface Contest<Input, Ours, Peer> extends Work<Input, Ours> {
  readonly peer: (input: Input) => Peer;
  readonly same: (ours: Awaited<Ours>, peer: Awaited<Peer>, input: Input) => boolean;
}

export interface Alone<Input, Ours> extends Work<Input, Ours> {
  readonly right: (ours: Awaited<Ours>, input: Input) => boolean;
}

/** An operation that both can do. */
export function contest<Input, Ours, Peer>(work: Contest<Input, Ours, Peer>): Operation {
  const { inputs, ours, peer, same } = work;
  const agrees = async (): Promise<boolean> => {
    const input = inTurn(inputs)();
    return same(await ours(input), await peer(input), input);
  };
  return { ...partsOf(work), peer: sideOver(work, peer), agrees };
}

/** An operation that the peer does not have. */
export function alone<Input, Ours>(work: Alone<Input, Ours>): Operation {
  const { inputs, ours, right } = work;
  const agrees = async (): Promise<boolean> => {
    const input = inTurn(inputs)();
    return right(await ours(input), input);
  };
  return { ...partsOf(work), peer: null, agrees };
}

function partsOf<Input, Ours>(
  work: Work<Input, Ours>,
): Pick<Operation, keyof Words | "ours" | "limit" | "weight"> {
  const { name, how, unavoidable, limit, weight = 1 } = work;
  return { name, how, unavoidable, limit, weight, ours: sideOver(work, work.ours) };
}

function sideOver<Input, Ours>(
  { inputs, operations = 1 }: Work<Input, Ours>,
  run: (input: Input) => unknown,
): Side {
  const next = inTurn(inputs);
  return { run: () => run(next()), operations };
}

/** The items one after the other, and again from the first. */
function inTurn<T>(items: readonly T[]): () => T {
  let position = 0;
  return () => {
    const item = items[position++ % items.length];
    if (item === undefined) throw new RangeError("inTurn: expected an item, got none");
    return item;
  };
}
