import type { ICruiseOptions, IRegularForbiddenRuleType } from "dependency-cruiser";

/** A rule about what is imported, or with `reachable` about what is reached. */
export type Boundary = IRegularForbiddenRuleType & {
  readonly to: { readonly reachable?: boolean };
};

declare const configuration: {
  readonly forbidden: Boundary[];
  readonly options: ICruiseOptions;
};
export default configuration;
