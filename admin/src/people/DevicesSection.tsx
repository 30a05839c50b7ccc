import { useEffect, useState } from "preact/hooks";
import { DEVICE_PARTS, type Device, type DeviceHealth } from "../../../server/protocol/resources.ts";
import { useLook } from "../../../ui/look.ts";
import "../styles/people.css";
import { useResource } from "../parts/managed.ts";
import { type Column, ResourceTable } from "../parts/ResourceTable.tsx";
import { AddLink, SectionHead } from "../parts/SectionHead.tsx";
import type { SectionProps } from "../sections.ts";
import { useResourceList } from "../state/list.ts";
import type { Resource } from "../state/resource.ts";
import { useWordsOf } from "../words/use.ts";
import { DeviceEditor } from "./DeviceEditor.tsx";
import { agoText, isAllWell, troublesOf } from "./devices.ts";
import { deviceWords } from "./deviceWords.ts";

/** What sells and checks for the house, and how it is. */
export default function DevicesSection({ id }: SectionProps) {
  const devices = useResource<Device>("/devices");
  return id === undefined ? <DeviceList devices={devices} /> : <DeviceEditor key={id} devices={devices} id={id} />;
}

/** Devices speak up every minute; who looks at them should not have to reload. */
const LOOK_AGAIN_MS = 10_000;

function DeviceList({ devices }: { devices: Resource<Device> }) {
  const words = useWordsOf(deviceWords);
  const list = useResourceList(devices, "devices");
  useEffect(() => {
    const timer = setInterval(() => void list.reload(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [list]);
  return (
    <section class="section fills" data-testid="section-devices">
      <SectionHead title={words.title} text={words.text}>
        <AddLink to={{ screen: "devices", id: "new" }} label={words.add} />
      </SectionHead>
      <ResourceTable
        list={list}
        label={words.title}
        columns={useColumns()}
        to={({ id }) => ({ screen: "devices", id })}
        textOf={({ name }) => name}
        rowClass={({ status }) => (status === "revoked" ? "muted" : undefined)}
        empty={<p>{words.empty}</p>}
      />
    </section>
  );
}

const STATUS_LOOKS = { waiting: "quiet", active: "good", revoked: "bad" } as const;

export function DeviceStatus({ status }: Pick<Device, "status">) {
  const words = useWordsOf(deviceWords);
  return <span class={`badge ${STATUS_LOOKS[status]}`}>{words.status[status]}</span>;
}

/** What of a device needs somebody, in words. */
export function Health({ device: { health, status } }: { device: Device }) {
  const words = useWordsOf(deviceWords);
  const troubles = troublesOf(health);
  if (troubles === null || status !== "active") return null;
  if (troubles.length === 0)
    return isAllWell(health ?? {}) ? (
      <span class="badge good">{words.allWell}</span>
    ) : (
      <span class="badge quiet">{words.noTrouble}</span>
    );
  return (
    <span class="healths">
      {troubles.map(({ part, state }) => (
        <span key={part} class={`badge ${PART_LOOKS[state]}`}>
          {words.parts[part]}: {words.partStates[state]}
        </span>
      ))}
    </span>
  );
}

const PART_LOOKS = { ok: "good", warning: "", failed: "bad", unknown: "quiet" } as const;

/** Every part that a device speaks of, in words. */
export function HealthParts({ health }: { health: DeviceHealth }) {
  const words = useWordsOf(deviceWords);
  return (
    <span class="healths" data-testid="health">
      {DEVICE_PARTS.map((part) => {
        const state = health[part];
        return (
          state && (
            <span key={part} class={`badge ${PART_LOOKS[state]}`}>
              {words.parts[part]}: {words.partStates[state]}
            </span>
          )
        );
      })}
    </span>
  );
}

/** How long ago, counted on while one looks. */
export function Ago({ iso }: { iso: string }) {
  const { language } = useLook();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [iso]);
  return <time dateTime={iso}>{agoText(iso, now, language.value)}</time>;
}

function useColumns(): Column<Device>[] {
  const words = useWordsOf(deviceWords);
  const { columns, kinds } = words;
  return [
    { key: "name", label: columns.name, cell: ({ name }) => name, sort: ({ name }) => name },
    { key: "kind", label: columns.kind, cell: ({ kind }) => kinds[kind], sort: ({ kind }) => kinds[kind] },
    {
      ...{ key: "status", label: columns.status, sort: ({ status }: Device) => status },
      cell: ({ status }) => <DeviceStatus status={status} />,
    },
    {
      ...{ key: "seen", label: columns.seen, sort: ({ lastSeenAt }: Device) => lastSeenAt ?? "" },
      cell: ({ lastSeenAt }) => (lastSeenAt ? <Ago iso={lastSeenAt} /> : words.never),
    },
    { key: "health", label: columns.health, cell: (device) => <Health device={device} /> },
    { key: "version", label: columns.version, isExtra: true, cell: ({ appVersion }) => appVersion },
  ];
}
