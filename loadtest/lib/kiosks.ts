/** Enrolled kiosks, made before the run by an administrator; each serves one customer after the other. */
import http from "k6/http";
import type { Device, SessionAnswer } from "../../server/protocol/resources.ts";
import { call } from "./http.ts";
import { baseUrl } from "./options.ts";

/** Enrolment codes for so many kiosks; null without `ADMIN_EMAIL` and `ADMIN_PASSWORD`: customers are guests then. */
export function makeKiosks(count: number): string[] | null {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = __ENV;
  if (email === undefined || password === undefined) return null;
  const { token } = post<SessionAnswer>("/auth/login", { email, password });
  const stamp = Date.now().toString(36);
  return Array.from({ length: count }, (_, at) => {
    const device = post<Device>("/devices", { name: `Load test ${stamp}-${at + 1}`, kind: "kiosk" }, token);
    return device.enrolmentCode ?? "";
  });
}

export async function enrol(code: string): Promise<string> {
  const enrolled = await call<SessionAnswer>("POST", "/auth/device", { body: { code } });
  if (!enrolled.ok) throw new Error(`a kiosk can't be enrolled: ${enrolled.problem.detail}`);
  return enrolled.body.token;
}

/** A fresh session for the next customer of a kiosk. */
export async function nextVisit(device: string): Promise<string> {
  const visit = await call<SessionAnswer>("POST", "/auth/device/visit", { token: device, body: {} });
  if (!visit.ok) throw new Error(`a kiosk's next visit was refused: ${visit.problem.detail}`);
  return visit.body.token;
}

function post<T>(path: string, body: object, token?: string): T {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token !== undefined) headers.authorization = `Bearer ${token}`;
  const answer = http.post(`${baseUrl()}/api/v1${path}`, JSON.stringify(body), { headers });
  if (answer.status >= 300) throw new Error(`POST ${path} answered ${answer.status}`);
  return answer.json() as T;
}
