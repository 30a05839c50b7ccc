import { useMemo, useState } from "preact/hooks";
import type { Device } from "../../../server/protocol/resources.ts";
import type { Refusal } from "../../../ui/connection/outcome.ts";
import { useNotices } from "../../../ui/parts/Notices.tsx";
import { useDesk } from "../desk.ts";
import { SelectField, TextField } from "../parts/fields.tsx";
import { useManagedActs } from "../parts/managed.ts";
import { Opening } from "../parts/Opening.tsx";
import { ResourceForm } from "../parts/ResourceForm.tsx";
import { SectionHead } from "../parts/SectionHead.tsx";
import type { Form } from "../state/form.ts";
import type { Resource } from "../state/resource.ts";
import { managingRefusal, useManagingWords, useWordsOf } from "../words/use.ts";
import { Ago, DeviceStatus, HealthParts } from "./DevicesSection.tsx";
import { type DeviceValues, deviceSpec, kindsFor, mayEnrol } from "./devices.ts";
import { deviceWords } from "./deviceWords.ts";
import { EnrolmentCode } from "./EnrolmentCode.tsx";
import { Act } from "./UserAccess.tsx";

const LIST = { screen: "devices" } as const;

interface DeviceEditorProps {
  devices: Resource<Device>;
  id: string;
}

/** One device: its name, how it is, its code, and its end. */
export function DeviceEditor({ devices, id }: DeviceEditorProps) {
  const spec = useMemo(() => deviceSpec(devices), [devices]);
  return (
    <Opening spec={spec} id={id} list={LIST}>
      {(form) => <DeviceForm form={form} devices={devices} />}
    </Opening>
  );
}

function DeviceForm({ form, devices }: { form: Form<Device, DeviceValues>; devices: Resource<Device> }) {
  const { route, session } = useDesk();
  const words = useWordsOf(deviceWords);
  const acts = useManagedActs(devices);
  const [coded, setCoded] = useState<Device | null>(null);
  const device = form.base.value;
  return (
    <section class="section" data-testid="section-device">
      <SectionHead
        title={device?.name ?? words.fresh}
        back={LIST}
        text={device && <DeviceStatus status={device.status} />}
      />
      <div class="with-aside">
        <ResourceForm
          form={form}
          labels={words.fields}
          faultTexts={words.faults}
          onSaved={(saved, wasNew) => {
            if (wasNew) return setCoded(saved);
            acts.saySaved(form);
            route.go(LIST);
          }}
          onCancel={() => route.go(LIST)}
        >
          <TextField name="name" isRequired hasFocus={device === null} maxLength={120} help={words.nameHelp} />
          {device === null && (
            <SelectField
              name="kind"
              isRequired
              options={kindsFor(session).map((kind) => ({ value: kind, label: words.kinds[kind] }))}
              help={words.kindHelp[form.values.value.kind]}
            />
          )}
        </ResourceForm>
        {device && <DeviceAside device={device} devices={devices} onChange={form.restart} onCode={setCoded} />}
      </div>
      {coded && (
        <EnrolmentCode
          device={coded}
          devices={devices}
          onClose={() => {
            setCoded(null);
            route.go(LIST);
          }}
        />
      )}
    </section>
  );
}

interface DeviceAsideProps {
  device: Device;
  devices: Resource<Device>;
  onChange(device: Device): void;
  onCode(device: Device): void;
}

function DeviceAside({ device, devices, onChange, onCode }: DeviceAsideProps) {
  const { api, questions, session } = useDesk();
  const words = useWordsOf(deviceWords);
  const managing = useManagingWords();
  const notices = useNotices();
  const refused = (refusal: Refusal) => notices.say(managingRefusal(refusal, managing), "bad");

  async function renewCode(): Promise<void> {
    const renewed = await api.post<Device>(`/devices/${device.id}/enrolment-code`, undefined);
    if (!renewed.ok) return refused(renewed);
    onChange(renewed.body);
    onCode(renewed.body);
  }

  async function revoke(): Promise<void> {
    const question = { title: words.revokeAsk(device.name), consequences: words.revokeConsequences, danger: true };
    if (!(await questions.ask({ ...question, action: words.revoke }))) return;
    // Whatever else changed meanwhile: this is what was asked for.
    const revoked = await devices.remove(device.id);
    if (!revoked.ok) return refused(revoked);
    const stored = await devices.get(device.id);
    if (stored.ok) onChange(stored.body);
    notices.say(words.revoked(device.name), "good");
  }

  return (
    <aside class="aside" aria-labelledby="device-state">
      <h2 id="device-state">{words.state}</h2>
      <dl class="facts">
        <dt>{words.columns.kind}</dt>
        <dd>{words.kinds[device.kind]}</dd>
        <dt>{words.columns.seen}</dt>
        <dd>{device.lastSeenAt ? <Ago iso={device.lastSeenAt} /> : words.never}</dd>
        {device.appVersion && (
          <>
            <dt>{words.columns.version}</dt>
            <dd>{device.appVersion}</dd>
          </>
        )}
        {device.health && (
          <>
            <dt>{words.columns.health}</dt>
            <dd>
              <HealthParts health={device.health} />
            </dd>
          </>
        )}
      </dl>
      {device.status === "revoked" ? (
        <p class="soft">{words.isRevoked}</p>
      ) : (
        <>
          {mayEnrol(session, device.kind) && (
            <Act title={words.code} text={words.codeAct}>
              <button type="button" class="button" data-testid="new-code" onClick={() => void renewCode()}>
                {words.codeGo}
              </button>
            </Act>
          )}
          <Act title={words.revoke} text={words.revokeText}>
            <button type="button" class="button danger" data-testid="revoke" onClick={() => void revoke()}>
              {words.revokeGo}
            </button>
          </Act>
        </>
      )}
    </aside>
  );
}
