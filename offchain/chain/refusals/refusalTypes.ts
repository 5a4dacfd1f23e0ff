/** What refusals are made of. */

/**
 * Sentences by the names of errors. `{value}` stands for a value of the error, `{struct.field}` for
 * a field of one, `{0}` for the first value where values have no names.
 */
export type Sentences = Readonly<Record<string, string>>;

/**
 * What an error carries, by name or place, fields as `struct.field`; numbers that have a name by
 * that name.
 */
export type RefusalValues = Readonly<Record<string, string | number | bigint>>;
