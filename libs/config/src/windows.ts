/** A stretch of time that comes again, in minutes from the beginning of the day or week. */
export interface Window {
  readonly start: number;
  readonly minutes: number;
}

const day = 24 * 60;
const week = 7 * day;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const minuteOfDay = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const minuteOfWeek = (time: string) => days.indexOf(time.slice(0, 3)) * day + minuteOfDay(time.slice(4));

function between(from: number, to: number, cycle: number): Window {
  return { start: from, minutes: (to - from + cycle) % cycle };
}

/** Reads a daily window such as `01:00-02:00`. */
export function dailyWindow(text: string): Window {
  return between(minuteOfDay(text.slice(0, 5)), minuteOfDay(text.slice(6)), day);
}

/** Reads a weekly window such as `sun:03:00-sun:04:00`. */
export function weeklyWindow(text: string): Window {
  return between(minuteOfWeek(text.slice(0, 9)), minuteOfWeek(text.slice(10)), week);
}

/** Whether a daily window and a weekly one meet on any day. */
export function meet(daily: Window, weekly: Window): boolean {
  const start = weekly.start % day;
  const reaches = (from: Window['start'], minutes: number, to: number) => (to - from + day) % day < minutes;
  return reaches(start, weekly.minutes, daily.start) || reaches(daily.start, daily.minutes, start);
}
