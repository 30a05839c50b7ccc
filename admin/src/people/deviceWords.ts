import type { Device, DeviceHealth } from "../../../server/protocol/resources.ts";

type Part = keyof DeviceHealth;

/** Words of devices. */
const es = {
  title: "Dispositivos",
  text: "Quioscos, cajas y lectores que trabajan para el cine.",
  add: "Nuevo dispositivo",
  fresh: "Nuevo dispositivo",
  empty: "Aún no hay dispositivos. Añade el primero: te damos un código para escribirlo en su pantalla.",
  columns: { name: "Nombre", kind: "Tipo", status: "Estado", seen: "Visto", health: "Salud", version: "Versión" },
  kinds: { kiosk: "Quiosco", "box-office": "Caja de taquilla", scanner: "Lector de puerta" },
  kindHelp: {
    kiosk: "Vende con tarjeta a quien pasa. Ábrelo en /kiosk.",
    "box-office": "Una caja: quien vende entra con su cuenta.",
    scanner: "Comprueba entradas en la puerta.",
  },
  status: { waiting: "Sin conectar", active: "Conectado", revoked: "Retirado" } satisfies Record<
    Device["status"],
    string
  > as Record<Device["status"], string>,
  never: "nunca",
  parts: { link: "conexión", printer: "impresora", paper: "papel", payment: "cobro" } satisfies Record<
    Part,
    string
  > as Record<Part, string>,
  partStates: { ok: "bien", warning: "atención", failed: "falla", unknown: "no se sabe" },
  allWell: "Todo bien",
  noTrouble: "Nada falla, que se sepa",
  fields: { name: "Nombre", kind: "Tipo" },
  faults: { name: "Escribe un nombre." },
  nameHelp: "Donde está: «Vestíbulo izquierda».",

  codeTitle: (name: string) => `Conecta «${name}»`,
  codeText: {
    kiosk: "Abre /kiosk en el quiosco y escribe allí este código.",
    "box-office": "Abre /admin en la caja y escribe allí este código.",
    scanner: "Abre la aplicación de puerta y escribe allí este código.",
  },
  codeLeft: "Vale una vez, durante",
  codeOver: "Este código ha caducado.",
  codeAgain: "Otro código",
  codeDone: (name: string) => `«${name}» está conectado.`,
  codeWaiting: "Esperando al dispositivo…",
  codeFailed: "No se ha podido hacer el código.",
  done: "Listo",

  state: "Cómo está",
  code: "Código nuevo",
  codeAct: "Si el dispositivo se ha instalado de nuevo o su código caducó. El de antes deja de valer.",
  codeGo: "Hacer un código",
  revoke: "Retirar",
  revokeText: "Para siempre: el dispositivo deja de vender en 5 segundos. Sus ventas siguen en los libros.",
  revokeGo: "Retirar…",
  revokeAsk: (name: string) => `¿Retirar «${name}» para siempre?`,
  revokeConsequences: [
    "En 5 segundos su sesión termina y su pantalla pide un código.",
    "Las butacas que alguien esté eligiendo en él quedan libres.",
    "Lo que ya vendió sigue en los libros con su nombre. Para volver a usarlo hay que añadirlo de nuevo.",
  ],
  revoked: (name: string) => `«${name}» está retirado.`,
  isRevoked: "Retirado para siempre. Sus ventas lo siguen nombrando.",
};

export type DeviceWords = typeof es;

const en: DeviceWords = {
  title: "Devices",
  text: "Kiosks, counters and scanners that work for the cinema.",
  add: "New device",
  fresh: "New device",
  empty: "There are no devices yet. Add the first one: you get a code to type on its screen.",
  columns: { name: "Name", kind: "Kind", status: "Status", seen: "Seen", health: "Health", version: "Version" },
  kinds: { kiosk: "Kiosk", "box-office": "Box-office counter", scanner: "Door scanner" },
  kindHelp: {
    kiosk: "Sells by card to who passes. Open it at /kiosk.",
    "box-office": "A counter: whoever sells signs in with their account.",
    scanner: "Checks tickets at the door.",
  },
  status: { waiting: "Not connected", active: "Connected", revoked: "Revoked" },
  never: "never",
  parts: { link: "link", printer: "printer", paper: "paper", payment: "payment" },
  partStates: { ok: "fine", warning: "look soon", failed: "fails", unknown: "not known" },
  allWell: "All well",
  noTrouble: "No trouble known",
  fields: { name: "Name", kind: "Kind" },
  faults: { name: "Write a name." },
  nameHelp: "Where it stands: “Lobby, left”.",

  codeTitle: (name) => `Connect “${name}”`,
  codeText: {
    kiosk: "Open /kiosk on the kiosk and type this code there.",
    "box-office": "Open /admin on the counter and type this code there.",
    scanner: "Open the door app and type this code there.",
  },
  codeLeft: "Good once, for",
  codeOver: "This code is too old.",
  codeAgain: "Another code",
  codeDone: (name) => `“${name}” is connected.`,
  codeWaiting: "Waiting for the device…",
  codeFailed: "The code could not be made.",
  done: "Done",

  state: "How it is",
  code: "New code",
  codeAct: "When the device was set up anew or its code became too old. The one before is no longer good.",
  codeGo: "Make a code",
  revoke: "Revoke",
  revokeText: "For good: the device stops selling within 5 seconds. Its sales stay in the books.",
  revokeGo: "Revoke…",
  revokeAsk: (name) => `Revoke “${name}” for good?`,
  revokeConsequences: [
    "Within 5 seconds its session ends and its screen asks for a code.",
    "Seats that somebody is choosing on it go free.",
    "What it sold stays in the books under its name. To use it again it has to be added anew.",
  ],
  revoked: (name) => `“${name}” is revoked.`,
  isRevoked: "Revoked for good. Its sales still name it.",
};

export const deviceWords = { es, en };
