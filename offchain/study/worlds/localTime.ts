/**
 * Wall-clock times as input files write them, counted in seconds since 1970-01-01 00:00 of the same
 * clock. A time may say how far its clock is from UTC. Then the length of a session is that between
 * its two moments, also over the night of a clock change; without, it is what the clock shows, and
 * such a night is an hour off, since the file does not say otherwise.
 */
import { SECONDS_PER_DAY } from "../../core/messages/lifetimes.ts";
import { isDate } from "./world.ts";

/** A moment of a clock on a wall. */
export interface WallMoment {
  /** Seconds since 1970-01-01 00:00 of the clock, a fraction cut off. */
  readonly atSeconds: number;
  /** How far the clock is ahead of UTC; null if it is not said. */
  readonly aheadSeconds: number | null;
}

/**
 * Reads a time of ISO 8601: date, then T or a blank, hours and minutes, and perhaps seconds,
 * fractions and Z or an offset, such as 2025-07-10T08:15 or 2025-07-10 08:15:54.120+02:00. Null for
 * what is none.
 */
export function wallMoment(text: string): WallMoment | null {
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:T| +)([\d:]+)(?:[.,]\d{1,9})? ?(Z|[+-]\d{2}(?::?\d{2})?)?$/i.exec(text);
  const [, date = "", time = "", zone] = parts ?? [];
  const atSeconds = localSeconds(date, time);
  if (atSeconds === null) return null;
  if (zone === undefined) return { atSeconds, aheadSeconds: null };
  const aheadSeconds = zoneSeconds(zone);
  return aheadSeconds === null ? null : { atSeconds, aheadSeconds };
}

/**
 * Seconds since 1970-01-01 00:00 local for a date YYYY-MM-DD and a time HH:MM or HH:MM:SS, or null
 * when the calendar or the clock has no such moment.
 */
export function localSeconds(date: string, time: string): number | null {
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(time);
  if (!clock || !isDate(date)) return null;
  const [, hours, minutes, seconds = "0"] = clock;
  return dayStart(date) + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** Seconds after midnight of its own day. */
export function secondsOfDay(atSeconds: number): number {
  return atSeconds - Math.floor(atSeconds / SECONDS_PER_DAY) * SECONDS_PER_DAY;
}

/** The local date, YYYY-MM-DD, of a moment. */
export function dateOf(atSeconds: number): string {
  return isoLocal(atSeconds).slice(0, 10);
}

/** A moment as YYYY-MM-DDTHH:MM:SS of its own clock. */
export function isoLocal(atSeconds: number): string {
  return new Date(atSeconds * 1000).toISOString().slice(0, 19);
}

/** How far a clock is ahead of UTC, null for what no clock is. */
function zoneSeconds(zone: string): number | null {
  if (zone.toUpperCase() === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  const ahead = hours * 3600 + (zone.length > 3 ? minutes : 0) * 60;
  const isZone = hours <= 14 && (zone.length === 3 || minutes < 60);
  return isZone ? (zone.startsWith("-") ? -ahead : ahead) : null;
}

function dayStart(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}
