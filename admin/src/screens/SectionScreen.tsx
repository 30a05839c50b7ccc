import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Link } from "../../../ui/connection/link.ts";
import { useDesk } from "../desk.ts";
import { SECTION, type SectionProps } from "../sections.ts";
import type { SectionName } from "../state/route.ts";

interface SectionScreenProps {
  name: SectionName;
  id: string | undefined;
  link: Link;
}

type Loading = { status: "loading" } | { status: "failed" } | { status: "ready"; Section: ComponentType<SectionProps> };

/** One section: fetched on the first visit, refused to who may not see it. */
export function SectionScreen({ name, id, link }: SectionScreenProps) {
  const { session, words } = useDesk();
  const [loading, setLoading] = useState<Loading>({ status: "loading" });
  const section = SECTION[name];
  const isAllowed = section.needs.some(session.may);

  function load(): void {
    setLoading({ status: "loading" });
    section.load().then(
      (code) => setLoading({ status: "ready", Section: code.default }),
      () => setLoading({ status: "failed" }),
    );
  }
  useEffect(() => {
    if (isAllowed) load();
  }, [name, isAllowed]);

  if (!isAllowed)
    return (
      <p class="console-message" role="alert" data-testid="not-permitted">
        {words.value.notPermitted}
      </p>
    );
  switch (loading.status) {
    case "loading":
      return <div class="console-empty" aria-busy="true" />;
    case "failed":
      return (
        <div class="console-message" role="alert">
          <p>{words.value.sectionFailed}</p>
          <button type="button" class="button" onClick={load}>
            {words.value.retry}
          </button>
        </div>
      );
    case "ready":
      return <loading.Section link={link} id={id} />;
  }
}
