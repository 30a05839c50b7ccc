/**
 * The hour, by the cinema's clocks, at which its day begins: what starts before is the late show of the evening before.
 * Prices, copies, the schedule, the wall and purchases by the day of their show count so. Dates that people read on a
 * ticket or in the shop are those of the calendar.
 */
export const DAY_BEGINS_HOUR = 6;
