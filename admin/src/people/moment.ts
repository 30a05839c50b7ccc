import { useMemo } from "preact/hooks";
import { useLook } from "../../../ui/look.ts";

/** Day and time to the second: what came first matters here. */
export function useMoment(): (iso: string) => string {
  const look = useLook();
  const { timeZone } = look.place.value;
  const locale = look.language.value === "es" ? "es-ES" : "en-GB";
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "short", timeStyle: "medium" });
    return (iso) => format.format(new Date(iso));
  }, [locale, timeZone]);
}
