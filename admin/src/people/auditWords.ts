/** Words of the audit. */
const es = {
  title: "Registro",
  text: "Quién hizo qué, cuándo y desde dónde. Nadie lo cambia ni lo borra.",
  columns: { at: "Cuándo", who: "Quién", action: "Qué", subject: "Sobre qué", outcome: "Resultado", from: "Desde" },
  empty: "Aún no ha pasado nada.",
  anyOutcome: "Todos los resultados",
  outcome: "Resultado",
  outcomes: { done: "Hecho", denied: "Denegado", open: "Sin terminar" },
  outcomeText: {
    done: "Se hizo.",
    denied: "Se intentó y no se permitió.",
    open: "Se empezó y no se supo más: el servidor murió a medias.",
  },
  from: "Desde el día",
  to: "Hasta el día",
  only: "Solo",
  whoFilter: (who: string) => `Solo de ${who}`,
  subjectFilter: (what: string) => `Solo sobre ${what}`,
  action: "Qué",
  actionHelp: "Qué se hizo",
  kinds: {
    staff: "Personal",
    customer: "Cliente",
    guest: "Visita",
    device: "Dispositivo",
    nobody: "Nadie identificado",
    system: "El sistema",
  } as Readonly<Record<string, string>>,
  times: (count: number) => `${count} veces`,
  details: "Detalles",
  noDetails: "Sin más detalles.",
  place: (chain: string, seq: number) => `Cadena ${chain}, fila ${seq}`,
  counting: "Aún contando",

  verify: "Comprobar",
  verifying: "Comprobando cada fila…",
  verifyFailed: "No se ha podido comprobar. Prueba otra vez.",
  whole: (chains: number, rows: string) =>
    `Íntegro: ${rows} filas en ${chains === 1 ? "1 cadena" : `${chains} cadenas`}, ninguna cambiada ni quitada.`,
  broken: "No está íntegro.",
  faults: {
    changed: (chain: string, at: number) => `En la cadena ${chain}, la fila ${at} no es como se escribió.`,
    missing: (chain: string, at: number) => `En la cadena ${chain} falta la fila ${at}.`,
    "cut-off": (chain: string, at: number) => `La cadena ${chain} está cortada desde la fila ${at}.`,
  },
  openRows: (count: number) =>
    count === 1 ? "1 cambio empezado y sin terminar." : `${count} cambios empezados y sin terminar.`,
};

export type AuditWords = typeof es;

const en: AuditWords = {
  title: "Audit",
  text: "Who did what, when and from where. Nobody changes or deletes it.",
  columns: { at: "When", who: "Who", action: "What", subject: "On what", outcome: "Outcome", from: "From" },
  empty: "Nothing has happened yet.",
  anyOutcome: "All outcomes",
  outcome: "Outcome",
  outcomes: { done: "Done", denied: "Denied", open: "Unfinished" },
  outcomeText: {
    done: "It was done.",
    denied: "It was tried and not allowed.",
    open: "It was begun and never heard of again: the server died half-way.",
  },
  from: "From day",
  to: "Until day",
  only: "Only",
  whoFilter: (who) => `Only by ${who}`,
  subjectFilter: (what) => `Only on ${what}`,
  action: "What",
  actionHelp: "What was done",
  kinds: {
    staff: "Staff",
    customer: "Customer",
    guest: "Guest",
    device: "Device",
    nobody: "Nobody identified",
    system: "The system",
  },
  times: (count) => `${count} times`,
  details: "Details",
  noDetails: "No further details.",
  place: (chain, seq) => `Chain ${chain}, row ${seq}`,
  counting: "Still counting",

  verify: "Verify",
  verifying: "Checking every row…",
  verifyFailed: "It could not be checked. Try again.",
  whole: (chains, rows) =>
    `Whole: ${rows} rows in ${chains === 1 ? "1 chain" : `${chains} chains`}, none changed, none taken out.`,
  broken: "It is not whole.",
  faults: {
    changed: (chain, at) => `In chain ${chain}, row ${at} is not as it was written.`,
    missing: (chain, at) => `In chain ${chain}, row ${at} is missing.`,
    "cut-off": (chain, at) => `Chain ${chain} is cut off from row ${at} on.`,
  },
  openRows: (count) => (count === 1 ? "1 change begun and not finished." : `${count} changes begun and not finished.`),
};

export const auditWords = { es, en };
