/** Enrolled kiosks, made before the run by an administrator; each serves one customer after the other. */
import type { Device, SessionAnswer } from "../../server/protocol/resources.ts";
import { call } from "./http.ts";

/** Enrolment codes for so many kiosks; null without `ADMIN_EMAIL` and `ADMIN_PASSWORD`: customers are guests then. */
export async function makeKiosks(count: number): Promise<string[] | null> {
  const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = __ENV;
  if (email === undefined || password === undefined) return null;
  const { token } = await post<SessionAnswer>("/auth/login", { email, password });
  const codes: string[] = [];
  while (codes.length < count) {
    const name = `Load test ${crypto.randomUUID().slice(0, 8)}`;
    const { enrolmentCode } = await post<Device>("/devices", { name, kind: "kiosk" }, token);
    codes.push(enrolmentCode ?? "");
  }
  return codes;
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

async function post<T>(path: string, body: object, token?: string): Promise<T> {
  const answer = await call<T>("POST", path, { body, ...(token === undefined ? {} : { token }) });
  if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status} ${answer.problem.code}`);
  return answer.body;
}
