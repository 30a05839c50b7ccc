import { useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk.ts";
import { SECTION, type Section } from "../sections.ts";
import { useKeys } from "../state/keys.ts";
import type { SectionName } from "../state/route.ts";
import { useManagingWords } from "../words/use.ts";
import { ScreenLink } from "./ScreenLink.tsx";

const GROUPS: readonly Section["group"][] = ["programme", "house"];

/** The sections that whoever is here may see; `g` and a letter lead to each. */
export function SideNav({ sections }: { sections: readonly SectionName[] }) {
  const { words, route } = useDesk();
  const managing = useManagingWords();
  const { sections: names, groups, navigation, wall } = words.value;
  const here = route.screen.value.screen;
  const ways = sections.map((name) => [`g ${SECTION[name].letter}`, name] as const);
  useKeys(
    {
      "g w": () => route.go({ screen: "wall" }),
      ...Object.fromEntries(ways.map(([keys, name]) => [keys, () => route.go({ screen: name })])),
    },
    [
      { keys: "g w", does: managing.keysGo(wall) },
      ...ways.map(([keys, name]) => ({ keys, does: managing.keysGo(names[name]) })),
    ],
  );
  const nav = useRef<HTMLElement>(null);
  // On a narrow screen the sections are one line that scrolls: where one is stands in it.
  useLayoutEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <nav ref={nav} class="sidenav" aria-label={navigation}>
      {GROUPS.map((group) => {
        const own = sections.filter((name) => SECTION[name].group === group);
        return own.length === 0 ? null : (
          <section key={group} aria-labelledby={`nav-${group}`}>
            <h2 id={`nav-${group}`}>{groups[group]}</h2>
            <ul>
              {own.map((name) => (
                <li key={name}>
                  <ScreenLink to={{ screen: name }} current={name === here} testId={`nav-${name}`}>
                    {names[name]}
                  </ScreenLink>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}
