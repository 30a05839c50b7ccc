import { useLook } from "../../../ui/look.ts";
import { BackIcon, NextIcon } from "../../../ui/parts/icons.tsx";
import { addDays } from "../../../ui/words/zone.ts";
import { useDesk } from "../desk.ts";
import { ScreenLink } from "../parts/ScreenLink.tsx";
import { useWordsOf } from "../words/use.ts";
import { isDay, weekOf } from "./clock.ts";
import { scheduleWords } from "./words.ts";

/** The week around a day, the days beside it, and any other by its date. */
export function DayNav({ day, today }: { day: string; today: string }) {
  const { route } = useDesk();
  const words = useWordsOf(scheduleWords);
  const formats = useLook().formats.value;
  const to = (id: string) => ({ screen: "schedule", id }) as const;
  return (
    <nav class="daynav" aria-label={words.week}>
      <ScreenLink to={to(addDays(day, -7))} class="icon-button" label={`${words.week} −1`}>
        <BackIcon />
      </ScreenLink>
      <ul>
        {weekOf(day).map((one) => {
          const { weekday, number, month } = formats.dayParts(one);
          return (
            <li key={one}>
              <ScreenLink
                to={to(one)}
                current={one === day}
                class={one === today ? "daynav-day is-today" : "daynav-day"}
                testId={`day-${one}`}
              >
                <span>{weekday}</span> <b class="tabular">{number}</b> <span class="soft">{month}</span>
              </ScreenLink>
            </li>
          );
        })}
      </ul>
      <ScreenLink to={to(addDays(day, 7))} class="icon-button" label={`${words.week} +1`}>
        <NextIcon />
      </ScreenLink>
      <ScreenLink to={to(today)} class="button small" testId="today">
        {words.today}
      </ScreenLink>
      <input
        type="date"
        aria-label={words.day}
        value={day}
        data-testid="day"
        onChange={({ currentTarget: { value } }) => isDay(value) && route.go(to(value))}
      />
    </nav>
  );
}
