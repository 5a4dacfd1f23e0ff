/** Values that are made when somebody asks for them, and of which a few are kept. */

/**
 * The value of a name, made by `make` if it is not there. At most `most` are kept: the one that was
 * asked for longest ago is dropped, and made anew when somebody asks again.
 */
export function keepingNewest<Value>(
  most: number,
  make: (name: string) => Value,
): (name: string) => Value {
  const kept = new Map<string, { readonly value: Value }>();
  return (name) => {
    const one = kept.get(name) ?? { value: make(name) };
    kept.delete(name);
    kept.set(name, one);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return one.value;
  };
}
