import { Counter, Gauge, type Registry } from "prom-client";
import type { ErrorCode } from "../protocol/errors.ts";
import type { Live, LiveStats } from "./live.ts";

const GAUGES: Partial<Record<keyof LiveStats, string>> = {
  connections: "Sockets that are connected",
  showtimes: "Showtimes whose seat map this server follows",
  viewers: "Sockets that watch a seat map, counted once per map",
  behind: "Sockets that do not read what they are sent",
};

const COUNTERS: Partial<Record<keyof LiveStats, string>> = {
  messagesSent: "Messages pushed to sockets",
  eventsLimited: "Events refused because a socket sent too many",
  socketsCut: "Sockets cut because they did not read",
  resyncs: "Seat maps that were read anew: rebuilt, or the link to them was lost",
};

/** Shows the figures of the socket edge to Prometheus, read when they are asked for. */
export function addLiveMetrics(registry: Registry, live: Pick<Live, "stats">): void {
  for (const [figure, help] of Object.entries(GAUGES) as [keyof LiveStats, string][])
    new Gauge({
      name: metricName(figure),
      help,
      registers: [registry],
      collect() {
        this.set(live.stats()[figure]);
      },
    });
  for (const [figure, help] of Object.entries(COUNTERS) as [keyof LiveStats, string][])
    new Counter({
      name: `${metricName(figure)}_total`,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(live.stats()[figure]);
      },
    });
}

/** Counts what events of clients are answered: `ok`, or the code of the refusal. */
export function countAnswers(registry: Registry): (event: string, code: ErrorCode | "ok") => void {
  const answers = new Counter({
    name: "butaca_live_answers_total",
    help: "Answers to events of sockets, by event and code",
    labelNames: ["event", "code"],
    registers: [registry],
  });
  for (const event of ["seats:hold", "showtime:join"]) answers.inc({ event, code: "ok" }, 0);
  return (event, code) => answers.inc({ event, code });
}

/** `messagesSent` is `butaca_live_messages_sent`. */
function metricName(figure: keyof LiveStats): string {
  return `butaca_live_${figure.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}
