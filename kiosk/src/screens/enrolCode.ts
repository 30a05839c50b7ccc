/** Enrolment codes as people type them: any case, with or without the dash. */

export const CODE_LENGTH = 8;
const GROUP = 4;

/** Only what a code can hold, in capitals, not more than it has. */
export function cleaned(text: string): string {
  return [...text.toUpperCase()]
    .filter((char) => /[A-Z0-9]/.test(char))
    .slice(0, CODE_LENGTH)
    .join("");
}

/** "ACDE-3479", as it is read aloud. */
export function grouped(code: string): string {
  return code.length > GROUP ? `${code.slice(0, GROUP)}-${code.slice(GROUP)}` : code;
}
