import {
  DEVICE_PARTS,
  DEVICE_PERMISSIONS,
  type Device,
  type DeviceHealth,
} from "../../../server/protocol/resources.ts";
import type { Language } from "../../../ui/words/language.ts";
import type { FormSpec } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import type { StaffSession } from "../state/session.ts";

const DEVICE_KINDS = ["kiosk", "box-office", "scanner"] as const satisfies readonly Device["kind"][];

/** A code hands on what that kind of device may do: nobody gives what they lack. */
export function mayEnrol(session: Pick<StaffSession, "may">, kind: Device["kind"]): boolean {
  return DEVICE_PERMISSIONS[kind].every((permission) => session.may(permission));
}

/** The kinds of device that somebody may add. */
export function kindsFor(session: Pick<StaffSession, "may">): Device["kind"][] {
  return DEVICE_KINDS.filter((kind) => mayEnrol(session, kind));
}

export type DeviceValues = { name: string; kind: Device["kind"] };

/** A device's kind is for life: only a new one says it. */
export function deviceSpec(devices: Resource<Device>): FormSpec<Device, DeviceValues> {
  return {
    resource: devices,
    valuesOf: (device) => ({ name: device?.name ?? "", kind: device?.kind ?? "kiosk" }),
    bodyOf: ({ name, kind }) => ({ name: name.trim(), kind }),
    faultsOf: ({ name }): Record<string, string> => (name.trim() === "" ? { name: "name" } : {}),
  };
}

/** Whether every part that a device speaks of is known to work. */
export function isAllWell(health: DeviceHealth): boolean {
  return DEVICE_PARTS.every((part) => (health[part] ?? "ok") === "ok");
}

/** Parts that need somebody, the worst first; null: the device says nothing of itself. */
export function troublesOf(health: DeviceHealth | undefined) {
  if (health === undefined) return null;
  const troubles = DEVICE_PARTS.flatMap((part) => {
    const state = health[part];
    return state === "warning" || state === "failed" ? [{ part, state }] : [];
  });
  return troubles.sort((a, b) => Number(b.state === "failed") - Number(a.state === "failed"));
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
];

/** "3 minutes ago": how long before `now` something was, in its largest unit. */
export function agoText(iso: string, now: number, language: Language): string {
  const ms = Math.max(0, now - Date.parse(iso));
  const [unit, length] = STEPS.find(([, size]) => ms >= size) ?? ["second", 1_000];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(ms / length), unit);
}
