import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Seat } from "../../../server/protocol/resources.ts";
import { useDesk } from "../desk.ts";
import type { Sale } from "../state/sale.ts";
import { readSeats, type TypedSeats } from "../state/seatText.ts";
import type { Words } from "../words/es.ts";
import { refusalText } from "../words/refusals.ts";

/** Seats as people say them. `/` comes here from anywhere; Enter holds what was typed, all or none. */
export function SeatEntry({ sale, seats }: { sale: Sale; seats: readonly Seat[] }) {
  const words = useDesk().words.value;
  const [problem, setProblem] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const helpId = useId();
  const problemId = useId();

  useLayoutEffect(() => {
    input.current?.focus();
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.target === input.current) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);

  async function hold(event: Event): Promise<void> {
    event.preventDefault();
    const field = input.current;
    if (field === null || field.value.trim() === "") return;
    const typed = readSeats(field.value, seats);
    if (!typed.ok) return setProblem(problemOf(typed, words));
    const answer = await sale.desk.add(typed.seats);
    if (answer.ok) field.value = "";
    setProblem(answer.ok ? "" : refusalText(answer, words));
  }

  return (
    <form class="field" onSubmit={(event) => void hold(event)}>
      <label for="seat-entry">{words.seatEntry}</label>
      <input
        ref={input}
        id="seat-entry"
        data-testid="seat-entry"
        autocomplete="off"
        autocapitalize="characters"
        spellcheck={false}
        aria-describedby={`${helpId} ${problemId}`}
        aria-invalid={problem !== ""}
      />
      <p id={helpId} class="soft">
        {words.seatEntryHelp}
      </p>
      <p id={problemId} role="alert" class="field-error">
        {problem}
      </p>
    </form>
  );
}

function problemOf(typed: Exclude<TypedSeats, { ok: true }>, words: Words): string {
  return typed.why === "unreadable"
    ? words.seatEntryBad(typed.text)
    : words.seatEntryUnknown(typed.seats.slice(0, 5).join(" "));
}
