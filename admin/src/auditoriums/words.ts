import type { ChartFault } from "../../../server/protocol/chart.ts";

/** Words of auditoriums and their charts. */
const es = {
  title: "Salas",
  add: "Nueva sala",
  empty: "Aún no hay salas. Crea la primera: dibujas su plano con letras y lo ves al momento.",
  fields: { name: "Nombre", chart: "Plano" },
  columns: {
    name: "Sala",
    capacity: "Aforo",
    standard: "Estándar",
    vip: "VIP",
    wheelchair: "Silla de ruedas",
    companion: "Acompañante",
    rows: "Filas",
  },
  chartHelp:
    "Una línea por fila, la más cercana a la pantalla primero: letra de la fila, espacio y un carácter por plaza.",
  key: { s: "estándar", v: "VIP", w: "silla de ruedas", c: "acompañante", ".": "pasillo" },
  preview: "Vista previa",
  brush: "Al pulsar una plaza",
  cycle: "siguiente tipo",
  aisle: (row: string, place: number) => `Fila ${row}, plaza ${place}, pasillo`,
  unreadable: "El plano aún no se puede dibujar.",
  capacity: "Aforo",
  total: "Total",
  faultsTitle: (count: number) => (count === 1 ? "Una línea por corregir" : `${count} líneas por corregir`),
  line: (line: number) => `Línea ${line}`,
  fault: (fault: ChartFault): string => {
    switch (fault.fault) {
      case "label":
        return "empieza con una etiqueta de 1 a 3 letras y un espacio";
      case "repeated":
        return `la fila ${fault.row} ya está en la línea ${fault.other}`;
      case "no-places":
        return `la fila ${fault.row} no tiene plazas`;
      case "place":
        return `«${fault.place}» no es una plaza; valen s, v, w, c y .`;
      case "too-many":
        return "son más de 2000 butacas";
      case "no-seats":
        return "no hay ninguna butaca";
      default:
        return fault satisfies never;
    }
  },
  faults: { required: "Escribe un nombre.", chart: "Corrige las líneas marcadas." },
  changeTitle: "¿Cambiar el plano?",
  changeKept: (count: number) =>
    count === 1
      ? "1 sesión a la venta o cerrada conserva su plano y sus butacas vendidas."
      : `${count} sesiones a la venta o cerradas conservan su plano y sus butacas vendidas.`,
  changeDrafts: (count: number) =>
    count === 1 ? "1 borrador pasa al plano nuevo." : `${count} borradores pasan al plano nuevo.`,
  changeNew: "Las sesiones que se creen desde ahora usan el plano nuevo.",
  changeAction: "Guardar el plano",
  removeTitle: (name: string) => `¿Eliminar ${name}?`,
  removeText: ["La sala y su plano no se pueden recuperar.", "Mientras alguna sesión la use, no se elimina."],
};

export type AuditoriumWords = typeof es;

const en: AuditoriumWords = {
  title: "Auditoriums",
  add: "New auditorium",
  empty: "There are no auditoriums yet. Add the first one: you draw its chart in letters and see it at once.",
  fields: { name: "Name", chart: "Chart" },
  columns: {
    name: "Auditorium",
    capacity: "Capacity",
    standard: "Standard",
    vip: "VIP",
    wheelchair: "Wheelchair",
    companion: "Companion",
    rows: "Rows",
  },
  chartHelp: "One line per row, nearest the screen first: the row's letter, a space, and one character per place.",
  key: { s: "standard", v: "VIP", w: "wheelchair", c: "companion", ".": "aisle" },
  preview: "Preview",
  brush: "A click on a place makes it",
  cycle: "the next kind",
  aisle: (row, place) => `Row ${row}, place ${place}, aisle`,
  unreadable: "The chart can't be drawn yet.",
  capacity: "Capacity",
  total: "Total",
  faultsTitle: (count) => (count === 1 ? "One line to correct" : `${count} lines to correct`),
  line: (line) => `Line ${line}`,
  fault: (fault) => {
    switch (fault.fault) {
      case "label":
        return "begins with a label of 1 to 3 letters and a space";
      case "repeated":
        return `row ${fault.row} is on line ${fault.other} already`;
      case "no-places":
        return `row ${fault.row} has no places`;
      case "place":
        return `“${fault.place}” is not a place; places are s, v, w, c and .`;
      case "too-many":
        return "there are more than 2,000 seats";
      case "no-seats":
        return "there are no seats";
      default:
        return fault satisfies never;
    }
  },
  faults: { required: "Write a name.", chart: "Correct the marked lines." },
  changeTitle: "Change the chart?",
  changeKept: (count) =>
    count === 1
      ? "1 showtime on sale or closed keeps its chart and its sold seats."
      : `${count} showtimes on sale or closed keep their chart and their sold seats.`,
  changeDrafts: (count) => (count === 1 ? "1 draft gets the new chart." : `${count} drafts get the new chart.`),
  changeNew: "Showtimes made from now on use the new chart.",
  changeAction: "Save the chart",
  removeTitle: (name) => `Delete ${name}?`,
  removeText: ["The auditorium and its chart can't be brought back.", "While a showtime uses it, it is not deleted."],
};

export const auditoriumWords = { es, en };
