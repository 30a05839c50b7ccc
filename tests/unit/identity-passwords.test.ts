import { describe, expect, it } from "vitest";
import { judgePassword } from "../../server/identity/password-rules.ts";

describe("passwords", () => {
  const EVA = { name: "Eva Díaz Núñez", email: "eva.diaz@cinema.test" };

  it.each([
    "password123!",
    "P@ssw0rd2024",
    "CONTRASEÑA1",
    "contraseña contraseña",
    "qwertyuiop",
    "1234567890",
    "20261121202611",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "iloveyou1234",
    "Hala Madrid!!",
    "butaca-butaca",
    "evadiaznunez",
    "Eva.Diaz@cinema.test",
    "eva.diaz1999",
  ])("[A75] %s is no password", (password) => {
    expect(judgePassword(password, EVA)).toMatchObject({ code: "invalid_request", errors: [{ path: "password" }] });
  });

  it.each([
    "una frase bastante larga",
    "correct horse battery",
    "tr0mb0n-verde",
    "Fila 7, pasillo",
    "zg4-Hw9!kd2",
    "長い合言葉を選ぶ人",
  ])("[A75] %s is one", (password) => {
    expect(judgePassword(password, EVA)).toBeNull();
  });
});
