/** Operations that make something for somebody else to read, and have no peer. */
import { alone, type Alone, type Operation } from "./operation.ts";

export interface SizedOperation extends Operation {
  /** Of what is sent; null where nothing is. */
  readonly bytes: number | null;
}

export function sized<Input, Ours>(bytes: number | null, work: Alone<Input, Ours>): SizedOperation {
  return { ...alone(work), bytes };
}
