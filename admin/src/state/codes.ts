const OURS = /^[a-z]{3}_[0-9a-z]{20}$/;
/** Enough to tell apart those on one screen, and short enough to say. */
const CODE_LENGTH = 4;

/** The end of an id, as people read it to each other; what is no id of ours stays whole. */
export function shortCode(id: string): string {
  return OURS.test(id) ? id.slice(-CODE_LENGTH).toUpperCase() : id;
}
