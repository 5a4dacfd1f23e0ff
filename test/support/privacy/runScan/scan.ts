/** Looks for every secret of a run on every surface of it, in every form. */
import { formsOf } from "./forms.ts";
import type { Secret, SecretKind } from "./secrets.ts";
import type { Surface, SurfaceKind } from "./surfaces.ts";
import { viewsOf } from "./views.ts";

export interface Finding {
  readonly kind: SecretKind;
  /** Whose, or which. */
  readonly of: string;
  readonly surface: SurfaceKind;
  readonly where: string;
  /** The first form in which it was seen there. */
  readonly form: string;
}

/** What is found, each secret once a surface. */
export function scan(surfaces: readonly Surface[], secrets: readonly Secret[]): readonly Finding[] {
  const looked = secrets.map((secret) => ({ secret, forms: formsOf(secret) }));
  return surfaces.flatMap(({ kind: surface, where, content }) => {
    const views = viewsOf(content);
    return looked.flatMap(({ secret: { kind, of }, forms }) => {
      const form = forms.find(({ isIn }) => views.some(isIn))?.name;
      return form === undefined ? [] : [{ kind, of, surface, where, form }];
    });
  });
}

/** Findings as sentences, each once: `price of a in log PricingAuction.BidCommitted (number)`. */
export function sentences(findings: readonly Finding[]): readonly string[] {
  const said = findings.map(
    ({ kind, of, surface, where, form }) => `${kind}: ${of}, in ${surface} ${where} (${form})`,
  );
  return [...new Set(said)];
}
