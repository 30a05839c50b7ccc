import { ScreenLink } from "../parts/ScreenLink.tsx";
import { shortCode } from "../state/codes.ts";
import { useWordsOf } from "../words/use.ts";
import { screenOfId } from "./audit.ts";
import { peopleWords } from "./words.ts";

interface NamedProps {
  id: string;
  names: ReadonlyMap<string, string>;
  /** The way to what it names, where there is one. */
  hasLink?: boolean;
}

/** What an id stands for: its name, or else the end of the id; the whole id shows under the pointer. */
export function Named({ id, names, hasLink = false }: NamedProps) {
  const words = useWordsOf(peopleWords);
  const name = words.roleNames[id] ?? names.get(id);
  const screen = hasLink ? screenOfId(id) : null;
  const shown =
    name === undefined ? (
      <code class="soft" title={id}>
        {shortCode(id)}
      </code>
    ) : (
      <b title={id}>{name}</b>
    );
  return screen && name !== undefined ? <ScreenLink to={screen}>{shown}</ScreenLink> : shown;
}
