import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiOptions, api } from "../support/api.ts";
import { handClock } from "../support/identity.ts";
import { type MailServer, startMailServer } from "../support/mail.ts";
import { eventually } from "../support/poll.ts";
import { startAndFail } from "../support/process.ts";
import { openShopper, setStage } from "../support/purchase.ts";
import { ADMIN, startServer, type TestServer } from "../support/server.ts";

let mail: MailServer;
let server: TestServer;
let call: ReturnType<typeof api>;
beforeAll(async () => {
  mail = await startMailServer();
  server = await startServer({
    SMTP_URL: mail.url,
    MAIL_FROM: "Cine <cine@cinema.test>",
    PUBLIC_URL: "https://cine.example",
    RATE_LIMITS: "on",
    TRUST_PROXY: "loopback",
  });
  call = api(server.url);
});
afterAll(async () => {
  await server.close();
  await mail.close();
});

const PASSWORD = "una frase bastante larga";
const from = (address: string): ApiOptions => ({ headers: { "x-forwarded-for": address } });
const ask = (email: string, options?: ApiOptions) => call("POST", "/auth/password-reset", { email }, options);

async function register(language = "es"): Promise<string> {
  const email = `${randomUUID()}@cinema.test`;
  const preferences = { genreIds: [], language };
  const made = await call("POST", "/auth/register", { name: "Íñigo", email, password: PASSWORD, preferences });
  expect(made.status).toBe(201);
  return email;
}

describe("a forgotten password", () => {
  it("[A76] is asked for by e-mail: the letter speaks one's language and its link works once", async () => {
    for (const [language, subject, words] of [
      ["es", /nueva contraseña$/, "Hola, Íñigo:"],
      ["en-GB", /your new password$/, "Hello Íñigo,"],
      ["fr", /your new password$/, "Hello Íñigo,"],
    ] as const) {
      const email = await register(language);
      const asked = await ask(email.toUpperCase(), { headers: { host: "evil.test" } });
      expect([asked.status, asked.body]).toEqual([202, ""]);
      const letter = await mail.letterTo(email);
      expect(letter.from).toBe("cine@cinema.test");
      expect(letter.subject).toMatch(subject);
      expect(letter.text).toContain(words);
      const code = /^https:\/\/cine\.example\/#\/account\/reset\/([\w-]{32})$/m.exec(letter.text)?.[1];
      const reset = () => call("PUT", "/auth/password-reset", { code, password: `${language} is a new phrase` });
      expect((await reset()).status).toBe(204);
      expect((await reset()).status).toBe(400);
      const login = await call("POST", "/auth/login", { email, password: `${language} is a new phrase` });
      expect(login.status).toBe(200);
    }
  });

  it("[A76] is answered alike whether there is such an account; nobody else gets a letter", async () => {
    const disabled = await register();
    const { token } = (await call("POST", "/auth/login", ADMIN)).body;
    const { items } = (await call("GET", `/users?q=${disabled}`, undefined, { token })).body;
    await call("PATCH", `/users/${items[0].id}`, { status: "disabled" }, { token });
    const before = mail.letters.length;
    for (const email of ["nobody@cinema.test", "not an address", disabled]) {
      const asked = await ask(email);
      expect([asked.status, asked.body]).toEqual([202, ""]);
    }
    const last = await register();
    await ask(last);
    await mail.letterTo(last);
    expect(mail.letters.slice(before).map(({ to }) => to)).toEqual([last]);
  });

  it("[A76] asked for without end brings three letters, and every one of them works", async () => {
    const email = await register();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(email, from(`192.0.2.${n}`))));
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    const letters = [await mail.letterTo(email), await mail.letterTo(email), await mail.letterTo(email)];
    await ask(email);
    const last = await register();
    await ask(last);
    await mail.letterTo(last);
    expect(mail.letters.filter(({ to }) => to === email)).toHaveLength(3);
    const code = /reset\/([\w-]+)$/m.exec(letters[0]?.text ?? "")?.[1];
    expect((await call("PUT", "/auth/password-reset", { code, password: "one more long phrase" })).status).toBe(204);
  });

  it("[A76] is written down, without the code", async () => {
    const email = await register();
    await ask(email);
    const code = /reset\/([\w-]+)$/m.exec((await mail.letterTo(email)).text)?.[1] ?? "";
    await call("PUT", "/auth/password-reset", { code, password: "one more long phrase" });
    await call("PUT", "/auth/password-reset", { code, password: "one more long phrase" });
    const { token } = (await call("POST", "/auth/login", ADMIN)).body;
    const actions = async () => {
      const { items } = (await call("GET", "/audit?limit=100", undefined, { token })).body;
      expect(JSON.stringify(items)).not.toContain(code);
      return items.map((row: { action: string; outcome: string }) => `${row.action} ${row.outcome}`) as string[];
    };
    const wanted = ["account.password-letter done", "account.password-reset done", "account.password-reset denied"];
    await eventually(async () => {
      const seen = await actions();
      return wanted.every((action) => seen.includes(action));
    });
  });

  it("[A76 K105] without a mail server is answered alike, and clients can know that there is none", async () => {
    const silent = await startServer();
    try {
      const asked = await api(silent.url)("POST", "/auth/password-reset", { email: ADMIN.email });
      expect([asked.status, asked.body]).toEqual([202, ""]);
      expect((await api(silent.url)("GET", "/config")).body.sendsMail).toBe(false);
      expect((await call("GET", "/config")).body.sendsMail).toBe(true);
    } finally {
      await silent.close();
    }
  });

  it("[A76] a mail server that is down harms nobody", async () => {
    const lost = await startServer({ SMTP_URL: "smtp://127.0.0.1:1" });
    try {
      expect((await api(lost.url)("POST", "/auth/password-reset", { email: ADMIN.email })).status).toBe(202);
      expect((await api(lost.url)("POST", "/auth/login", ADMIN)).status).toBe(200);
    } finally {
      await lost.close();
    }
  });

  it.each([
    ["SMTP_URL", "mail.example:25"],
    ["MAIL_FROM", "nobody"],
  ])("[A76] a wrong %s stops the start, naming it", async (variable, value) => {
    const failed = await startAndFail({ [variable]: value, DATA_DIR: `${server.dataDir}/none` });
    expect(failed.code).toBe(1);
    expect(failed.output).toContain(`${variable}: `);
  });
});

describe("guesses of purchases", () => {
  it("[A79] cost their address waiting time", async () => {
    const clock = handClock(Date.now());
    const slow = await startServer({ RATE_LIMITS: "on", TRUST_PROXY: "loopback" }, { clock });
    try {
      const ask = api(slow.url);
      const { token } = (await ask("POST", "/auth/guest", {})).body;
      const guess = (address: string) =>
        ask("POST", "/orders/lookup", { number: "AAA-AAA", email: "a@b.test" }, { token, ...from(address) });
      const statuses: number[] = [];
      for (let n = 0; n < 25; n++) statuses.push((await guess("198.51.100.1")).status);
      expect(statuses).toEqual([...Array(20).fill(404), ...Array(5).fill(429)]);
      const refused = await guess("198.51.100.1");
      expect(refused.body).toMatchObject({ code: "rate_limited", retryAfterMs: 1_000 });
      expect(refused.headers.get("retry-after")).toBe("1");
      expect((await guess("198.51.100.2")).status).toBe(404);
      clock.advance(1_000);
      expect((await guess("198.51.100.1")).status).toBe(404);
      expect((await guess("198.51.100.1")).body.retryAfterMs).toBe(2_000);
    } finally {
      await slow.close();
    }
  });

  it("[A79] a purchase stays readable for half an hour", async () => {
    const clock = handClock(Date.now());
    const shop = await startServer({}, { clock });
    const stage = await setStage(shop.url);
    const ask = api(shop.url);
    const buyer = await openShopper(shop.url, stage);
    try {
      const order = await buyer.buy(["A1"], { contact: { email: "ana@home.test" } });
      const { token } = (await ask("POST", "/auth/guest", {})).body;
      const read = async () => (await ask("GET", `/orders/${order.id}`, undefined, { token })).status;
      await ask("POST", "/orders/lookup", { number: order.number, email: "ana@home.test" }, { token });
      clock.advance(30 * 60_000 - 1);
      expect(await read()).toBe(200);
      clock.advance(1);
      expect(await read()).toBe(404);
    } finally {
      buyer.close();
      await shop.close();
    }
  });
});
