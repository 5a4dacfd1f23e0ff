/**
 * Local wall-clock times without a time zone, as input files write them, counted in seconds since
 * 1970-01-01 00:00 of the same clock. Differences are wall-clock differences: a session across the
 * night of a clock change is an hour off, and files without a zone mark do not say otherwise.
 */
import { SECONDS_PER_DAY } from "../../core/messages/lifetimes.ts";
import { isDate } from "./world.ts";

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

function dayStart(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}
