/**
 * Secrets that do not print themselves. A hidden field reads like any other, but it is not
 * enumerable: logging, JSON and object spread pass it by, so a key that strays into a log line or a
 * report shows its public part only. It is a guard against accidents, not against code that asks
 * for the field.
 */

/** A frozen object with all fields of both, those of `hidden` left out of every listing. */
export function withHidden<V extends object, H extends object>(
  visible: V,
  hidden: H,
): Readonly<V & H> {
  const whole = { ...visible, ...hidden };
  for (const name of Object.keys(hidden)) {
    Object.defineProperty(whole, name, { enumerable: false });
  }
  return Object.freeze(whole);
}
