/** Unix seconds as a readable moment, ISO 8601 in UTC. */
export function moment(seconds: bigint | number): string {
  return new Date(Number(seconds) * 1000).toISOString().replace(".000", "");
}
