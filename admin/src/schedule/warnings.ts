import type { ShowtimeCheck, ShowtimeWarning } from "../../../server/protocol/resources.ts";
import type { Api } from "../../../ui/connection/api.ts";
import type { Question } from "../state/questions.ts";
import type { ScheduleWords } from "./words.ts";

/** What may not be meant about a showtime that is going on sale; nothing where the server can't be asked. */
export async function warningsOf(api: Pick<Api, "post">, body: object | null): Promise<readonly ShowtimeWarning[]> {
  if (body === null) return [];
  const answer = await api.post<ShowtimeCheck>("/showtimes/check", { ...body, status: "on-sale" });
  // A server of a version before them says none.
  return (answer.ok && answer.body.warnings) || [];
}

/** Asks before showtimes go on sale; what may not be meant comes first, and Enter alone then changes nothing. */
export function releaseQuestion(count: number, warned: readonly string[], words: ScheduleWords): Question {
  const title = words.releaseTitle(count);
  const { seen, roomFixed } = words.releaseText;
  if (warned.length === 0) return { title, consequences: [seen, roomFixed], action: words.release(count) };
  // That they are seen at once is just what may not be so.
  return { title, consequences: [...warned, roomFixed], action: words.releaseAnyway, danger: true };
}
