/** Letters by e-mail. Promises: text as it is, to one address. Must never import a room. */

export interface Letter {
  to: string;
  subject: string;
  /** Plain text, lines of any length. */
  text: string;
}

export interface Mailer {
  /** Resolves when the mail server has taken the letter. Throws when it can't be reached or refuses it. */
  send(letter: Letter): Promise<void>;
  close(): Promise<void>;
}
