/** `from` must not be imported in `target`; both are files or folders, seen from the project's root. */
export interface Boundary {
  readonly target: string;
  readonly from: string;
  /** Why. */
  readonly message: string;
}

export const boundaries: readonly Boundary[];
