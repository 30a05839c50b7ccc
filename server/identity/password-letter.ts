import type { Letter } from "../mail/port.ts";

export interface PasswordLetter {
  name: string;
  cinemaName: string;
  url: string;
  /** The person's own, as in `en-GB`; people whose language we do not speak read English. */
  language: string;
}

/** The letter with the link to a new password. */
export function passwordLetter({ name, cinemaName, url, language }: PasswordLetter): Omit<Letter, "to"> {
  return language.startsWith("es")
    ? {
        subject: `${cinemaName}: tu nueva contraseña`,
        text: [
          `Hola, ${name}:`,
          `Alguien ha pedido una contraseña nueva para tu cuenta de ${cinemaName}. Si has sido tú, elígela aquí antes de una hora:`,
          url,
          "Si no has sido tú, no hace falta que hagas nada: tu contraseña sigue siendo la misma.",
        ].join("\n\n"),
      }
    : {
        subject: `${cinemaName}: your new password`,
        text: [
          `Hello ${name},`,
          `Somebody asked for a new password for your account at ${cinemaName}. If it was you, choose it here within an hour:`,
          url,
          "If it was not you, there is nothing to do: your password stays as it is.",
        ].join("\n\n"),
      };
}
