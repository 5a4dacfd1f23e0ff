/** How far a step is, and whether it is to stop. */
export interface Watch {
  /** Called after each of those that the step goes through. */
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}
