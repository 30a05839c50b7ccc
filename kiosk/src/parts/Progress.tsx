import { TickIcon } from "../../../ui/parts/icons.tsx";
import { STEPS, stepOf } from "../state/screen.ts";
import { useShop, useWords } from "./context.ts";

/** How far the purchase is: done, here, to come. */
export function Progress() {
  const words = useWords();
  const step = stepOf(useShop().screen.value);
  if (step === null) return null;
  const here = STEPS.indexOf(step);
  return (
    <nav class="progress" aria-label={words.progress}>
      <ol>
        {STEPS.map((name, index) => (
          <li
            key={name}
            class={index < here ? "done" : index === here ? "here" : "ahead"}
            aria-current={index === here ? "step" : undefined}
          >
            <span class="progress-dot" aria-hidden="true">
              {index < here ? <TickIcon /> : index + 1}
            </span>
            <span class="progress-word">{words.steps[name]}</span>
          </li>
        ))}
      </ol>
    </nav>
  );
}
